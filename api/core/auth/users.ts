import type { Role } from '../../../contract/claims.ts'
import type { RevocationRecord } from './revocations.ts'

/** Languages of the pages and mails for a user. */
export const LANGUAGES = ['en', 'ru', 'es'] as const
export type Language = (typeof LANGUAGES)[number]

/**
 * Where the password of an account is verified: `local` against the hash that is stored here, `phone` at the PBX (the
 * secret of the phone), `directory` by LDAP, `provider` at an OpenID provider, so that there is no password at all.
 */
export const PASSWORD_AUTHORITIES = ['local', 'phone', 'directory', 'provider'] as const
export type PasswordAuthority = (typeof PASSWORD_AUTHORITIES)[number]

/** An account that can log in. Times are unix seconds, ids are decimal strings. */
export interface User {
  id: string
  /** Unique among all usernames, extensions and addresses, in normal form: see `account-names.ts`. */
  username: string
  /** The user's SIP extension, with its calls and media; unique where set. */
  extension: string | null
  /** Unique as the username is, where set. */
  email: string | null
  /** How others see the user; null: by the username. */
  displayName: string | null
  role: Role
  /** Of the user's agent in the call centre; null without an agent, or without a team. */
  team: string | null
  /** argon2id in PHC string format (RFC 9106); empty where the password is verified elsewhere. */
  passwordHash: string
  passwordAuthority: PasswordAuthority
  /** A right password opens no session before it is replaced. */
  mustChangePassword: boolean
  /** The key of the source that the account was imported from, such as `freepbx` or `ldap:corp`; null: made here. */
  source: string | null
  /** The account's id at its source, such as a DN or the `sub` of a provider. */
  sourceId: string | null
  disabled: boolean
  /** Tokens of a lower generation are refused. Raised by a new password, by disabling, and by changes of claims. */
  generation: number
  /** Rises with each change of the account. */
  revision: number
  createdAt: number
  /** Null: not chosen. */
  language: Language | null
}

/** A user with a phone, as calls and presence need it. */
export interface PhoneUser {
  userId: string
  extension: string
  username: string
  /** The display name, else the username. */
  name: string
  role: Role
  team: string | null
}

export type NewUser = Pick<User, 'username' | 'extension' | 'role' | 'passwordHash'> &
  Partial<
    Pick<
      User,
      | 'email'
      | 'displayName'
      | 'disabled'
      | 'passwordAuthority'
      | 'mustChangePassword'
      | 'source'
      | 'sourceId'
    >
  > & {
    /** Its source has it disabled: see `listBySource`. */
    isDisabledBySource?: boolean
  }

/** What an administrator may change. The username stays. */
export type UserChange = {
  [Member in 'displayName' | 'email' | 'role' | 'extension' | 'disabled']?: User[Member] | undefined
}

export interface UserFilter {
  /** Part of any of the names, or of the extension, in any case. */
  text?: string | undefined
  role?: Role | undefined
  disabled?: boolean | undefined
}

/** The next page of a search begins after this user. */
export type UserCursor = Pick<User, 'username' | 'id'>

/** What users change themselves. */
export type ProfileChange = Partial<Pick<User, 'displayName' | 'language'>>

/** A user's own new password. */
export interface OwnPasswordWrite {
  /** The session in which the user changes it. */
  sessionId: string
  /** Of the current password, as it was verified. */
  verifiedHash: string
  /** Of the new password. */
  passwordHash: string
}

/** A new password in place of one that has to be replaced. */
export type RequiredPasswordWrite = Pick<OwnPasswordWrite, 'verifiedHash' | 'passwordHash'>

export interface ActingOptions {
  /** Who acts: `token_revoked` if it is a user who is no administrator any more, or disabled, when the change is written. */
  actorId?: string
}

export interface SetPasswordOptions extends ActingOptions {
  /** The user has to replace it before it opens a session; false by default. */
  mustChange?: boolean
}

/** How an extension is assigned. */
export interface AssignmentOptions extends ActingOptions {
  /** Assigns an extension although it is quarantined, and ends the quarantine with the change: see `ExtensionState`. */
  reuse?: boolean
}

export interface UpdateOptions extends AssignmentOptions {
  revision?: number | undefined
  /** The source of the account disables it. A later change by another actor clears that: see `listBySource`. */
  bySource?: boolean
}

/** Where an account comes from: see `User.source` and `User.sourceId`. */
export interface AccountOrigin {
  source: string
  sourceId: string
}

export interface UserStore {
  /**
   * @throws {Refusal} `taken` when the username, the extension or the email is any name of another account:
   *   `detail` is one of the three, or `display_name`; `input_invalid` as `requireOwnNames`
   */
  add(user: NewUser, options?: AssignmentOptions): Promise<User>
  /**
   * Adds a user who registers without an administrator.
   * @throws {Refusal} as `add`; `taken` also where an open invitation names the address
   */
  addSelfRegistered(user: NewUser): Promise<User>
  /** Finds by any of the three names, in normal form: users log in with any of them. */
  findByLogin(name: string): Promise<User | undefined>
  find(id: string): Promise<User | undefined>
  /** Without ids that do not exist. */
  findAll(ids: readonly string[]): Promise<User[]>
  count(): Promise<number>
  findBySource(source: string, sourceId: string): Promise<User | undefined>
  /** Of one source, by id, a page at a time; with whether the source itself has disabled the account. */
  listBySource(
    source: string,
    page: { afterId?: string; limit: number },
  ): Promise<{ user: User; isDisabledBySource: boolean }[]>
  /**
   * Makes an account belong to an entry of a source: only the password there counts; the stored hash is deleted.
   * Revokes as `setPassword` does.
   * @throws {Refusal} `not_found`, `taken` (`source`) if another account belongs to the entry
   */
  link(
    id: string,
    origin: AccountOrigin & Pick<User, 'passwordAuthority'>,
    revokeUntil: number,
    options?: ActingOptions,
  ): Promise<RevocationRecord>
  /** Users with a phone, by id, a page at a time; without password hashes. */
  listPhoneUsers(page: { afterId?: string; limit: number }): Promise<(PhoneUser & { disabled: boolean })[]>
  /**
   * Raises neither `revision` nor `generation`: a user must not be able to start the counters of failed logins again.
   * @throws {Refusal} `not_found`, `taken` (`display_name`) if another account has it as any name but the email
   */
  setProfile(id: string, change: ProfileChange): Promise<User>
  /**
   * Replaces the password without a revocation: the caller ends the sessions that are to end. Links that reset the
   * password become invalid. Raises neither counter, as `setProfile`. One transaction checks and writes, since
   * another password may have been set while this one was verified and hashed. No other change is required then.
   * @throws {Refusal} `credentials_wrong` if another password than the verified one is stored, `token_revoked` if the
   *   session has ended or the user is disabled or deleted, `forbidden` if an app password opened it, `conflict` as
   *   `requireLocalPassword`
   */
  setOwnPassword(id: string, write: OwnPasswordWrite): Promise<void>
  /**
   * Replaces a password that has to be replaced, and revokes as `setPassword` does.
   * @throws {Refusal} `credentials_wrong` if another password than the verified one is stored, if it need not be
   *   replaced any more, and if the user is disabled or deleted; `conflict` as `requireLocalPassword`
   */
  replaceRequiredPassword(
    id: string,
    write: RequiredPasswordWrite,
    revokeUntil: number,
  ): Promise<RevocationRecord>
  /** Differs from an earlier result if any user or team has changed since. A cheap query. */
  revision(): Promise<string>
  /** All users by id, a page at a time. */
  list(page: { afterId?: string; limit: number }): Promise<User[]>
  /** By username. */
  search(filter: UserFilter, page: { after?: UserCursor; limit: number }): Promise<User[]>
  /** How many a search finds. */
  countMatching(filter: UserFilter): Promise<number>
  /**
   * Replaces the password and raises `generation`; the same transaction inserts the revocation of all older tokens
   * (`kind` user).
   *
   * @param revokeUntil unix seconds: every token issued before has expired by then
   * @returns the revocation
   * @throws {Refusal} `not_found`, `conflict` as `requireLocalPassword`
   */
  setPassword(
    id: string,
    passwordHash: string,
    revokeUntil: number,
    options?: SetPasswordOptions,
  ): Promise<RevocationRecord>
  /**
   * Resets the counters of login attempts, as any change of the account does: see `login-attempts.ts`.
   * @throws {Refusal} `not_found`
   */
  unlock(id: string, options?: ActingOptions): Promise<void>
  /**
   * Changes a user. A new role or extension, and disabling, revoke as `setPassword` does, since tokens contain them.
   *
   * @param options `revision`: the one that the client read
   * @returns the user as changed; the revocation where there is one
   * @throws {Refusal} `not_found`, `stale` with another revision, `taken` (`extension`, `email` or `display_name`), `input_invalid` as
   *   `requireOwnNames`, `conflict` if no active administrator would be left
   */
  update(
    id: string,
    change: UserChange,
    revokeUntil: number,
    options?: UpdateOptions,
  ): Promise<{ user: User; revocation: RevocationRecord | undefined }>
  /**
   * Deletes the user and their sessions, and inserts the revocation of all their tokens.
   *
   * @returns the revocation
   * @throws {Refusal} `not_found`, `conflict` for the last active administrator
   */
  remove(id: string, revokeUntil: number, options?: ActingOptions): Promise<RevocationRecord>
}
