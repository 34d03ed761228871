import type { Role } from '../../../../contract/claims.ts'

/** A person of a directory, as an account needs it. */
export interface DirectoryEntry {
  /** The name by which the directory binds it; it may change. */
  dn: string
  /** Never changes and is never assigned again, such as an objectGUID. */
  sourceId: string
  username: string
  email: string | null
  displayName: string | null
  extension: string | null
  /** Of its groups. */
  role: Role
  /** Why the person may not sign in, whatever the password. */
  barred: 'disabled' | 'not_in_required_group' | undefined
}

/** `incomplete`: an entry without one unique id, or without a username. */
export type FoundEntry =
  | { is: 'one'; entry: DirectoryEntry }
  | { is: 'none' }
  | { is: 'several' }
  | { is: 'incomplete' }

/** `wrong` has the directory's reason where it gives one, for the security log alone. */
export type PasswordAnswer = { is: 'right' } | { is: 'wrong'; reason: string }

/** An open connection to a directory. Any failure of it rejects. */
export interface DirectorySession {
  findByLogin(login: string): Promise<FoundEntry>
  findById(sourceId: string): Promise<FoundEntry>
  /**
   * Binds as the entry. After it the session can only bind.
   * @param dn of an entry that was found in this session
   */
  verifyPassword(dn: string, password: string): Promise<PasswordAnswer>
  /** As `verifyPassword` for an entry that does not exist: takes the time that a wrong password takes. */
  verifyNothing(password: string): Promise<void>
}

/** A directory of people, such as Active Directory or OpenLDAP. */
export interface LdapDirectory {
  id: string
  /** `User.source` of its accounts: `ldap:` and the id. */
  source: string
  /** Whether a right password of an unknown person makes an account. */
  createsAccounts: boolean
  /**
   * Opens a connection for `work`, and closes it.
   * @throws {Refusal} `unavailable` if the directory cannot be asked; a refusal that `work` throws
   */
  ask<T>(work: (session: DirectorySession) => Promise<T>): Promise<T>
}

export const sourceOf = (directoryId: string): string => `ldap:${directoryId}`
