/** Every reason for which the API refuses a request. Each surface has its status and text for each: see `http/errors.ts`. */
export type RefusalCode =
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'token_revoked'
  | 'token_wrong_kind'
  | 'forbidden'
  | 'credentials_missing'
  | 'credentials_wrong'
  /** The password is right, and the account needs a second factor, or an app password, which the request lacks. */
  | 'second_factor_required'
  /** The password is right, and has to be replaced before it opens a session. */
  | 'password_change_required'
  | 'throttled'
  | 'input_invalid'
  | 'input_too_large'
  | 'not_found'
  | 'taken'
  /** The state of the resource does not allow it. */
  | 'conflict'
  /** It has changed since the client read it: `If-Match` names an older version. */
  | 'stale'
  /** The Idempotency-Key belongs to an earlier, different request. */
  | 'key_reused'
  /** The dial policy forbids it; `detail` names the rule. */
  | 'dial_denied'
  | 'unknown_number'
  /** This PBX, or this installation, cannot do it. */
  | 'not_supported'
  /** It was requested, but not confirmed in time. */
  | 'unconfirmed'
  | 'unavailable'
  | 'internal'

/**
 * Why a request is refused. Clients may read `detail`; `cause` is for the log.
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

/** @param detail for the client: what the request must change */
export const invalidInput = (detail: string): Refusal => new Refusal('input_invalid', { detail })
