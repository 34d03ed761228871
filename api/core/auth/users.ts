import type { Role } from '../../../contract/claims.ts'
import type { RevocationRecord } from './revocations.ts'

/** A person who may log in. Times are unix seconds, ids are decimal strings. */
export interface User {
  id: string
  /** Unique among all usernames, extensions and addresses, in normal form: see `names.ts`. */
  username: string
  /** The SIP extension whose media and calls are this user's own; unique where set. */
  extension: string | null
  /** Unique as the username is, where it is known. */
  email: string | null
  role: Role
  /** Of their agent in the call centre; null where there is no agent, or one of no team. */
  team: string | null
  /** argon2id in PHC string format (RFC 9106). */
  passwordHash: string
  disabled: boolean
  /** Tokens of an older generation are refused: raised by "end all sessions", a new password, disabling. */
  generation: number
  /** Rises with each change of the account, by whichever process. */
  revision: number
  createdAt: number
}

/** A user with a phone, as calls and presence need to know them. */
export interface PhoneUser {
  userId: string
  extension: string
  name: string
  role: Role
  team: string | null
}

export type NewUser = Pick<User, 'username' | 'extension' | 'role' | 'passwordHash'> &
  Partial<Pick<User, 'email'>>

/** How a number is given. */
export interface AssignmentOptions {
  /** Gives a number although it rests, and ends its rest together with the change; see `ExtensionState`. */
  reuse?: boolean
}

export interface UserStore {
  /**
   * @throws {Refusal} `taken` when the username, the extension or the email is any name of another account:
   *   `detail` says which of the three; `input_invalid` as `mustBeOwnNames`
   */
  add(user: NewUser, giving?: AssignmentOptions): Promise<User>
  /**
   * Of a person who registers themselves.
   * @throws {Refusal} as `add`; `taken` also where a live invitation names the address
   */
  addSelfRegistered(user: NewUser): Promise<User>
  /** Finds by any of the three names, in normal form: clients log in with any. */
  findByLogin(name: string): Promise<User | undefined>
  find(id: string): Promise<User | undefined>
  /** Those of the ids that there are. */
  findAll(ids: readonly string[]): Promise<User[]>
  count(): Promise<number>
  /** Those who have a phone, by id, a page at a time; without their password hashes. */
  listPhoneUsers(page: { afterId?: string; limit: number }): Promise<(PhoneUser & { disabled: boolean })[]>
  /** Differs from an earlier answer where any user or team has changed since. It is cheap to ask. */
  revision(): Promise<string>
  /** All users by id, a page at a time. */
  list(page: { afterId?: string; limit: number }): Promise<User[]>
  /**
   * Replaces the password and raises `generation`; in the same transaction writes the revocation of all
   * older tokens (`kind` user) into the ledger.
   *
   * @param revokeUntil unix seconds after which no token issued before can be alive
   * @returns the revocation
   * @throws {Refusal} `not_found`
   */
  setPassword(id: string, passwordHash: string, revokeUntil: number): Promise<RevocationRecord>
  /**
   * Disables as `setPassword` replaces: generation and ledger in one transaction. Enabling raises nothing.
   *
   * @returns the revocation, or undefined when the user was enabled
   * @throws {Refusal} `not_found`
   */
  setDisabled(id: string, disabled: boolean, revokeUntil: number): Promise<RevocationRecord | undefined>
  /**
   * Lets the attempts to log in start afresh, as any change of the account does: see `attempts.ts`.
   * @throws {Refusal} `not_found`
   */
  unlock(id: string): Promise<void>
  /**
   * Gives another role or extension, as `setPassword` replaces: tokens say both, so those of before are over.
   * @throws {Refusal} `not_found`, `taken` (`extension`), `input_invalid` where the username is the old extension
   */
  update(
    id: string,
    change: Partial<Pick<User, 'role' | 'extension'>>,
    revokeUntil: number,
    giving?: AssignmentOptions,
  ): Promise<RevocationRecord>
  /**
   * Removes the user and their sessions; the ledger keeps the revocation of all their tokens.
   *
   * @returns the revocation
   * @throws {Refusal} `not_found`
   */
  remove(id: string, revokeUntil: number): Promise<RevocationRecord>
}
