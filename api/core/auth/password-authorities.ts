import { toUnixSeconds } from '../../../runtime/time.ts'
import { Refusal } from '../refusal.ts'
import type { ChangedBy } from './account-admin.ts'
import type { NewPasswords } from './new-passwords.ts'
import type { RevocationPublisher, RevocationRecord } from './revocations.ts'
import type { SecurityLog } from './security-log.ts'
import type { Sessions } from './sessions.ts'
import type { ActingOptions, User, UserStore } from './users.ts'

/** Where the password of an account is verified from now on. */
export type NewAuthority = { authority: 'phone' } | { authority: 'local'; password: string }

export interface PasswordAuthorityWrite {
  authority: NewAuthority['authority']
  /** Empty for a password that is verified elsewhere. */
  passwordHash: string
}

export interface PasswordAuthorityStore {
  /**
   * Writes and revokes in one transaction, as `UserStore.setPassword` does, and removes what is stored of the phone's
   * secret.
   * @param revokeUntil unix seconds
   * @throws {Refusal} `not_found`, `conflict` for `phone` without an extension, `token_revoked` as `ActingOptions`
   */
  setPasswordAuthority(
    id: string,
    write: PasswordAuthorityWrite,
    revokeUntil: number,
    options?: ActingOptions,
  ): Promise<RevocationRecord>
}

export interface PasswordAuthorities {
  /**
   * Changes where a password is verified. The user's sessions end, as with a new password.
   * @throws {Refusal} `input_invalid` for the password, `not_found`, `conflict` for `phone` without an extension or
   *   while sign-in with the phone's secret is off, and for an account of a directory or a provider, `token_revoked`, `unavailable`
   */
  set(userId: string, next: NewAuthority, by: ChangedBy): Promise<void>
}

export interface PasswordAuthoritiesNeeds {
  users: Pick<UserStore, 'find'>
  store: PasswordAuthorityStore
  passwords: Pick<NewPasswords, 'hash'>
  /** Whether secrets of phones can be verified. */
  hasPhoneSignIn: boolean
  sessions: Pick<Sessions, 'endAll'>
  revocationPublisher: RevocationPublisher
  securityLog: SecurityLog
  now: () => number
  /** The longest lifetime of any token, in seconds. */
  longestLifetime: number
}

export function createPasswordAuthorities(needs: PasswordAuthoritiesNeeds): PasswordAuthorities {
  const { users, store, passwords, sessions, revocationPublisher, securityLog, now, longestLifetime } = needs

  async function toWrite(next: NewAuthority, user: User): Promise<PasswordAuthorityWrite> {
    if (next.authority === 'local')
      return { authority: 'local', passwordHash: await passwords.hash(next.password, user) }
    if (!needs.hasPhoneSignIn)
      throw new Refusal('conflict', {
        detail: 'sign-in with the secret of a phone is off: see HOOKSWITCH_PHONE_SIGN_IN',
      })
    return { authority: 'phone', passwordHash: '' }
  }

  return {
    async set(userId, next, by) {
      const user = await requireUser(userId)
      if (next.authority === 'phone' && user.passwordAuthority === 'phone') return
      // The person there would lose the account, and a person who gets the number could get it.
      if (user.passwordAuthority === 'directory' || user.passwordAuthority === 'provider')
        throw new Refusal('conflict', {
          detail: 'the account belongs to a directory or an identity provider',
        })
      const write = await toWrite(next, user)
      const revocation = await store.setPasswordAuthority(
        userId,
        write,
        toUnixSeconds(now()) + longestLifetime,
        { actorId: by.actorId },
      )
      securityLog.write({
        event: 'user_updated',
        userId,
        target: user.username,
        changes: `password_authority=${next.authority}`,
        ...by,
      })
      await revocationPublisher.publish(revocation)
      await sessions.endAll(userId, { reason: 'password', ...by })
    },
  }

  async function requireUser(userId: string): Promise<User> {
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    return user
  }
}
