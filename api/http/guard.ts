import type { MiddlewareHandler } from 'hono'
import type { Role, TokenKind } from '../../contract/claims.ts'
import { readCredential } from '../../contract/credential.ts'
import { isServiceTokenText, type Scope } from '../../contract/service-token.ts'
import type { ServiceVerdictCode, TokenVerifier } from '../../contract/verdict.ts'
import { type Actor, actorOf } from '../core/actor.ts'
import { serviceActor } from '../core/auth/service-actor.ts'
import type { ServiceTokenUse } from '../core/auth/service-tokens.ts'
import { Refusal } from '../core/refusal.ts'
import { clientAddress, type ErrorOverrides } from './errors.ts'

/** Context variables of a guarded route. */
export interface Guarded {
  Variables: { actor: Actor; errorOverrides: ErrorOverrides }
}

export interface GuardOptions {
  kind?: TokenKind
  errorOverrides?: ErrorOverrides
  /** The scope by which a service token is let through; by default none is. */
  service?: Scope
  /** Roles of users that are let through; by default every role. */
  roles?: readonly Role[]
  /** Also accepts `?authorization=`, for clients that cannot send a header. */
  fromQuery?: boolean
}

export type Guard = (options?: GuardOptions) => MiddlewareHandler<Guarded>

/**
 * Lets a request with a valid Bearer token of `kind` through, or with a service token of the scope, and sets `c.var.actor`.
 * @param verifier the sidecar uses the same function
 */
export function createGuard(
  verifier: Pick<TokenVerifier, 'verify' | 'verifyService'>,
  serviceUse?: ServiceTokenUse,
): Guard {
  const service = createServiceGuard(verifier, serviceUse)
  return ({ kind = 'access', errorOverrides = {}, roles, service: scope, fromQuery = false } = {}) =>
    async (c, next) => {
      c.set('errorOverrides', errorOverrides)
      const query = fromQuery ? new URL(c.req.url).search.slice(1) : undefined
      const credential = readCredential(c.req.header('authorization'), query, ['authorization'])
      if (credential === 'malformed') throw new Refusal('token_invalid')
      if (credential !== 'missing' && isServiceTokenText(credential.text)) {
        // A URL is no place for it: proxies log what is there.
        if (query !== undefined && readCredential(undefined, query, ['authorization']) !== 'missing')
          throw new Refusal('token_invalid')
        c.set('actor', service(credential.text, scope, clientAddress(c)))
        return next()
      }
      const verdict = verifier.verify(credential === 'missing' ? undefined : credential.text, kind)
      if (!verdict.ok) throw refusalForVerdict(verdict.code)
      if (roles !== undefined && !roles.includes(verdict.claims.role)) throw new Refusal('forbidden')
      c.set('actor', actorOf(verdict.claims))
      await next()
    }
}

/**
 * Verifies service tokens.
 * @returns a function that returns the actor of a token, and throws a Refusal if it does not open the route
 */
export function createServiceGuard(
  verifier: Pick<TokenVerifier, 'verifyService'>,
  serviceUse?: ServiceTokenUse,
): (text: string, scope: Scope | undefined, address: string) => Actor {
  return (text, scope, address) => {
    const verdict = verifier.verifyService(text, scope, address)
    if (!verdict.ok) {
      if (verdict.code === 'network_refused' && verdict.service) serviceUse?.refused(verdict.service, address)
      throw refusalForVerdict(verdict.code)
    }
    serviceUse?.used(verdict.service)
    return serviceActor(verdict.service)
  }
}

export function refusalForVerdict(code: ServiceVerdictCode): Refusal {
  switch (code) {
    case 'cannot_judge':
      return new Refusal('unavailable', { retryAfter: 1 })
    case 'scope_missing':
      return new Refusal('forbidden', { detail: 'the service token has no scope for this' })
    case 'network_refused':
      return new Refusal('forbidden', { detail: 'the service token is not valid in this network' })
    default:
      return new Refusal(code)
  }
}
