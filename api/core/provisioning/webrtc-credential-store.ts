import type { Claims } from '../../../contract/claims.ts'

/**
 * State of ephemeral SIP credentials:
 * - `issuing` being issued, or the issuing process has died
 * - `active` active: a browser can register with them
 * - `revoking` being revoked
 */
export type CredentialState = 'issuing' | 'active' | 'revoking'

/** Times are unix seconds, except `createdAt`. */
export interface EphemeralCredential {
  /** Id on the PBX. */
  id: string
  extension: string
  /** Of the extension: see `Extension.ownershipTag`. */
  ownershipTag: string
  userId: string
  /** Of the token that requested them; the credentials end with its session. */
  claims: Claims
  /** Sealed for the extension: see `sip-secret.ts`. */
  sealedSecret: string
  state: CredentialState
  /** Until then only the process that set the state continues. */
  lockedUntil: number
  /** Unix milliseconds, as several may be issued within a second and the oldest is evicted first. */
  createdAt: number
  expiresAt: number
}

/** Per extension at most one credential is not `active` (active) at a time, over all processes: it locks the others. */
export interface EphemeralCredentialStore {
  /** @returns false while another credential of the extension is being issued or revoked */
  insert(credential: EphemeralCredential): Promise<boolean>
  /** @returns undefined if it has changed, or while another credential of the extension is being issued or revoked */
  transition(
    known: EphemeralCredential,
    to: Pick<EphemeralCredential, 'state' | 'lockedUntil'>,
  ): Promise<EphemeralCredential | undefined>
  /** Does nothing if the credential has changed. */
  delete(known: EphemeralCredential): Promise<void>
  /** Oldest first. */
  listByExtension(extension: string): Promise<EphemeralCredential[]>
  /** Expired, or their process died while issuing or revoking; earliest expiry first. */
  listDue(now: number, limit: number): Promise<EphemeralCredential[]>
  /** Those in state `active`, sorted by id. */
  listActive(page: { afterId: string; limit: number }): Promise<EphemeralCredential[]>
}
