import type { Claims } from '../../../contract/claims.ts'

/**
 * SIP credentials that somebody was lent:
 * - `lending` they are being made, or were when whoever made them was killed
 * - `lent` a phone can register with them
 * - `returning` they are being taken away
 */
export type CredentialState = 'lending' | 'lent' | 'returning'

/** Times are unix seconds, but for `createdAt`. */
export interface EphemeralCredential {
  /** What the PBX knows it by. */
  id: string
  extension: string
  /** Of the extension: see `Extension.mark`. */
  ownershipTag: string
  userId: string
  /** Of the token it was asked for with: it lasts no longer than that session. */
  claims: Claims
  /** Sealed for the extension: see `sip-secret.ts`. */
  sealedSecret: string
  state: CredentialState
  /** Until then whoever brought it into this state goes on with it, and nobody else. */
  lockedUntil: number
  /** Unix milliseconds: several may be lent within a second, and the oldest goes first. */
  createdAt: number
  expiresAt: number
}

/** Of one extension at most one loan is in motion, that is not `lent`, at a time, over all processes. */
export interface EphemeralCredentialStore {
  /** @returns false while another one of the extension is in motion */
  insert(credential: EphemeralCredential): Promise<boolean>
  /** @returns undefined where somebody changed it meanwhile, or another one of the extension is in motion */
  transition(
    known: EphemeralCredential,
    to: Pick<EphemeralCredential, 'state' | 'lockedUntil'>,
  ): Promise<EphemeralCredential | undefined>
  /** It is over. One that somebody has changed since stays. */
  delete(known: EphemeralCredential): Promise<void>
  /** Oldest first. */
  listByExtension(extension: string): Promise<EphemeralCredential[]>
  /** Past their end, or left in motion by somebody who is no more; those that ended first. */
  listDue(now: number, limit: number): Promise<EphemeralCredential[]>
  /** Those that are `lent`, by id. */
  listActive(page: { afterId: string; limit: number }): Promise<EphemeralCredential[]>
}
