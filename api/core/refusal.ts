/** Every reason the API has to say no. Each dialect words each of them: see `dialects/dialect.ts`. */
export type RefusalCode =
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'token_revoked'
  | 'token_wrong_kind'
  | 'forbidden'
  | 'credentials_missing'
  | 'credentials_wrong'
  | 'throttled'
  | 'input_invalid'
  | 'input_too_large'
  | 'not_found'
  | 'taken'
  /** The thing is not in a state for it. */
  | 'conflict'
  /** Somebody changed it since it was read: `If-Match` names an older version. */
  | 'stale'
  /** An Idempotency-Key that came with another request before. */
  | 'key_reused'
  /** The dial policy says no; `detail` says which rule. */
  | 'dial_denied'
  | 'unknown_number'
  /** This PBX, or this installation, has no way to do it. */
  | 'not_supported'
  /** It was asked for and nothing confirmed it in time. */
  | 'unconfirmed'
  | 'unavailable'
  | 'internal'

/**
 * A reason to say no. Clients may read `detail`; `cause` is for the log.
 * `retryAfter` is in seconds and goes with `throttled` and `unavailable`.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  readonly detail: string | undefined
  readonly retryAfter: number | undefined

  constructor(code: RefusalCode, about: { detail?: string; retryAfter?: number; cause?: unknown } = {}) {
    super(about.detail ?? code, { cause: about.cause })
    this.name = 'Refusal'
    this.code = code
    this.detail = about.detail
    this.retryAfter = about.retryAfter
  }
}
