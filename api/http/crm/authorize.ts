import type { Context, MiddlewareHandler } from 'hono'
import type { Role } from '../../../contract/claims.ts'
import type { Actor } from '../../core/actor.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import { limitScope } from '../../core/call-center/agents/scope.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import { type GuardedOperation, permissionOf } from './permissions.ts'

/** What a guarded route of this surface knows. */
export interface CrmEnv {
  Variables: Guarded['Variables'] & { callCenterActor: CallCenterActor }
}

/**
 * Lets those through who may do the operation, and puts `c.var.standing` beside `c.var.actor`, with the scope that the
 * table of rights gives them for it.
 */
export type Authorize = (operation: GuardedOperation) => MiddlewareHandler<CrmEnv>

const ROLES: readonly Role[] = ['admin', 'supervisor', 'user']

export function createAuthorize(
  guard: Guard,
  resolveActor: (actor: Actor) => Promise<CallCenterActor>,
): Authorize {
  return (operation) => {
    const guarded = guard({ roles: ROLES.filter((role) => permissionOf(operation, role) !== 'none') })
    return async (c, next) => {
      // The guide: whatever is not `Bearer <token>` reads as if there were no header.
      if (!/^bearer +\S/i.test(c.req.header('authorization') ?? '')) throw new Refusal('token_missing')
      // The guard sets what it knows and reads nothing that only we know.
      return guarded(c as unknown as Context<Guarded>, async () => {
        const standing = await resolveActor(c.var.actor)
        const permission = permissionOf(operation, standing.role)
        // The guard judged the token's role; the standing has the same.
        if (permission === 'none') throw new Refusal('forbidden')
        c.set('callCenterActor', {
          ...standing,
          scope: limitScope(permission, standing.role, standing.agent),
        })
        await next()
      })
    }
  }
}
