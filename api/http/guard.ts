import type { MiddlewareHandler } from 'hono'
import type { Role, TokenKind } from '../../contract/claims.ts'
import { readCredential } from '../../contract/credential.ts'
import type { Judge, VerdictCode } from '../../contract/verdict.ts'
import { type Actor, actorOf } from '../core/actor.ts'
import { Refusal } from '../core/refusal.ts'
import type { Wording } from './errors.ts'

/** What a guarded route knows. */
export interface Guarded {
  Variables: { actor: Actor; wording: Wording }
}

export interface GuardOptions {
  kind?: TokenKind
  wording?: Wording
  /** Only these may pass; everybody who is logged in by default. */
  roles?: readonly Role[]
  /** Takes `?authorization=` too, for clients that cannot send a header. */
  fromQuery?: boolean
}

export type Guard = (options?: GuardOptions) => MiddlewareHandler<Guarded>

/**
 * Lets a request through with a good Bearer token of `kind` and puts `c.var.actor` beside it.
 * @param judge the function the sidecar asks, too
 */
export function createGuard(judge: Judge): Guard {
  return ({ kind = 'access', wording = {}, roles, fromQuery = false } = {}) =>
    async (c, next) => {
      c.set('wording', wording)
      const query = fromQuery ? new URL(c.req.url).search.slice(1) : undefined
      const credential = readCredential(c.req.header('authorization'), query, ['authorization'])
      if (credential === 'malformed') throw new Refusal('token_invalid')
      const verdict = judge.token(credential === 'missing' ? undefined : credential.text, kind)
      if (!verdict.good) throw refusalOf(verdict.code)
      if (roles !== undefined && !roles.includes(verdict.claims.role)) throw new Refusal('forbidden')
      c.set('actor', actorOf(verdict.claims))
      await next()
    }
}

export const refusalOf = (code: VerdictCode): Refusal =>
  code === 'cannot_judge' ? new Refusal('unavailable', { retryAfter: 1 }) : new Refusal(code)
