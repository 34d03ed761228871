import type { MiddlewareHandler } from 'hono'
import type { Role, TokenKind } from '../../contract/claims.ts'
import { readCredential } from '../../contract/credential.ts'
import type { TokenVerifier, VerdictCode } from '../../contract/verdict.ts'
import { type Actor, actorOf } from '../core/actor.ts'
import { Refusal } from '../core/refusal.ts'
import type { ErrorOverrides } from './errors.ts'

/** Context variables of a guarded route. */
export interface Guarded {
  Variables: { actor: Actor; errorOverrides: ErrorOverrides }
}

export interface GuardOptions {
  kind?: TokenKind
  errorOverrides?: ErrorOverrides
  /** Roles that are let through; by default every role. */
  roles?: readonly Role[]
  /** Also accepts `?authorization=`, for clients that cannot send a header. */
  fromQuery?: boolean
}

export type Guard = (options?: GuardOptions) => MiddlewareHandler<Guarded>

/**
 * Lets a request with a valid Bearer token of `kind` through and sets `c.var.actor`.
 * @param verifier the sidecar uses the same function
 */
export function createGuard(verifier: TokenVerifier): Guard {
  return ({ kind = 'access', errorOverrides = {}, roles, fromQuery = false } = {}) =>
    async (c, next) => {
      c.set('errorOverrides', errorOverrides)
      const query = fromQuery ? new URL(c.req.url).search.slice(1) : undefined
      const credential = readCredential(c.req.header('authorization'), query, ['authorization'])
      if (credential === 'malformed') throw new Refusal('token_invalid')
      const verdict = verifier.verify(credential === 'missing' ? undefined : credential.text, kind)
      if (!verdict.ok) throw refusalForVerdict(verdict.code)
      if (roles !== undefined && !roles.includes(verdict.claims.role)) throw new Refusal('forbidden')
      c.set('actor', actorOf(verdict.claims))
      await next()
    }
}

export const refusalForVerdict = (code: VerdictCode): Refusal =>
  code === 'cannot_judge' ? new Refusal('unavailable', { retryAfter: 1 }) : new Refusal(code)
