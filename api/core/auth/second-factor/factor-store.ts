import type { Role } from '../../../../contract/claims.ts'
import type { RevocationRecord } from '../revocations.ts'
import type { ActingOptions } from '../users.ts'

/** Which factors an account has. */
export interface FactorState {
  /** Unix seconds of the confirmation; null without an authenticator app. */
  totpSince: number | null
  passkeys: number
  recoveryCodes: number
}

/** Times are unix seconds. */
export interface Passkey {
  /** The credential id, as base64url. */
  id: string
  userId: string
  /** COSE (RFC 9052), as base64url. */
  publicKey: string
  transports: readonly string[]
  name: string
  createdAt: number
  lastUsedAt: number | null
}

/**
 * Who changes the factors of an account: each change checks in its transaction that this is still so.
 * @throws {Refusal} `token_revoked` if the account was disabled, deleted, or raised to another generation; if the session
 *   has ended; `forbidden` in a session that an app password opened
 */
export interface FactorOwner {
  userId: string
  generation: number
  /** Absent while the owner signs in. */
  sessionId?: string
}

/** What a new factor comes with. */
export interface NewFactor {
  atS: number
  /** Stored if the account has no recovery codes. */
  recoveryHashes: readonly string[]
  /** Refused with `conflict` if the account has a factor already: see `SignInChallenge.mustEnrol`. */
  mustBeFirst: boolean
}

/** Whether a role must have a second factor. */
export type RequiresFactor = (role: Role) => boolean

export interface FactorStore {
  stateOf(userId: string): Promise<FactorState>
  /** Stores a secret that counts once it is confirmed; replaces an unconfirmed one. @throws {Refusal} `conflict` */
  beginTotp(
    owner: FactorOwner,
    sealedSecret: string,
    factor: Omit<NewFactor, 'recoveryHashes'>,
  ): Promise<void>
  findTotp(userId: string): Promise<{ sealedSecret: string; isConfirmed: boolean } | undefined>
  /**
   * Makes the secret a factor, with the time step of the code as the last accepted one.
   * @returns whether the recovery codes were stored
   * @throws {Refusal} `conflict` unless this secret awaits its confirmation
   */
  confirmTotp(
    owner: FactorOwner,
    totp: { sealedSecret: string; step: number },
    factor: NewFactor,
  ): Promise<boolean>
  /**
   * Accepts a time step that is later than all accepted before, in one statement: of two requests with the same code one
   * succeeds.
   */
  acceptTotpStep(userId: string, sealedSecret: string, step: number): Promise<boolean>
  /** @throws {Refusal} `not_found`, `conflict` for the last factor of a role that must have one */
  removeTotp(owner: FactorOwner, requiresFactor: RequiresFactor): Promise<void>
  /** Deletes the code: of two requests with the same one, one succeeds. */
  useRecoveryCode(userId: string, hash: string): Promise<boolean>
  /** @throws {Refusal} `conflict` without a factor */
  replaceRecoveryCodes(owner: FactorOwner, hashes: readonly string[]): Promise<void>

  listPasskeys(userId: string): Promise<Passkey[]>
  findPasskey(id: string): Promise<Passkey | undefined>
  /** @returns as `confirmTotp` @throws {Refusal} `conflict` if an account has it already, or at the limit */
  addPasskey(
    owner: FactorOwner,
    passkey: Pick<Passkey, 'id' | 'publicKey' | 'transports' | 'name'> & { counter: number },
    factor: NewFactor,
  ): Promise<boolean>
  /**
   * Accepts a signature counter that is higher than the last one, or 0 where the authenticator has none, in one statement.
   * @see WebAuthn Level 3 §6.1.1
   */
  acceptPasskeyCounter(id: string, counter: number, atS: number): Promise<boolean>
  /** @returns its name @throws {Refusal} as `removeTotp` */
  removePasskey(owner: FactorOwner, id: string, requiresFactor: RequiresFactor): Promise<string>

  /**
   * Deletes all factors, recovery codes and app passwords, and revokes the user's tokens, in one transaction.
   * @param revokeUntil as for `UserStore.setPassword`
   * @throws {Refusal} `not_found`, `token_revoked` as `ActingOptions`
   */
  reset(userId: string, revokeUntil: number, options: ActingOptions): Promise<RevocationRecord>
}
