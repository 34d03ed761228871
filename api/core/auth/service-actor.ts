import type { Role } from '../../../contract/claims.ts'
import {
  type ServiceToken,
  serviceClaims,
  serviceIdOfSubject,
  serviceSubject,
} from '../../../contract/service-token.ts'
import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'

/**
 * The actor of a request that a service token authorized. It has no account. On the few routes that a scope opens it sees
 * all users' calls, as an administrator does: the route is the limit.
 */
export function serviceActor(service: ServiceToken): Actor {
  const subject = serviceSubject(service.id)
  return {
    userId: subject,
    sessionId: subject,
    claims: { ...serviceClaims(service), role: 'admin' },
    service,
  }
}

/**
 * A program manages accounts of the role `user` alone: one that could make or change others could give itself, by their
 * login, more than its scope.
 * @param role of the account before the change, or after it
 * @throws {Refusal} `forbidden`
 */
export function requireServiceMayManage(actorId: string, role: Role | undefined): void {
  if (role === undefined || role === 'user' || serviceIdOfSubject(actorId) === undefined) return
  throw new Refusal('forbidden', { detail: 'a service token manages users of the role user alone' })
}
