import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import { networkOf } from '../values/network.ts'
import { requireLocalPassword } from './local-password.ts'
import type { NewPasswords } from './new-passwords.ts'
import { attemptTargetOf, type PasswordCheck } from './password-check.ts'
import type { SecurityLog } from './security-log.ts'
import type { Sessions } from './sessions.ts'
import { logThrottled } from './throttled-attempt.ts'
import type { UserStore } from './users.ts'

export interface PasswordChange {
  current: string
  next: string
  /** Of the client. */
  address: string
}

export interface OwnPassword {
  /**
   * Replaces the actor's password. All other sessions of the user end, with their tokens and streams; the actor's goes on.
   * The current password is verified under the limits of logins.
   * @throws {Refusal} `input_invalid` for the new password, `credentials_wrong` also if another request has replaced the
   *   current password meanwhile, `token_revoked` if the session ended meanwhile, `conflict` as `requireLocalPassword`,
   *   `throttled`, `unavailable`
   */
  change(actor: Actor, change: PasswordChange): Promise<void>
}

export interface OwnPasswordNeeds {
  users: Pick<UserStore, 'find' | 'setOwnPassword'>
  passwords: NewPasswords
  checkPassword: PasswordCheck
  sessions: Pick<Sessions, 'endAll'>
  securityLog: SecurityLog
}

export function createOwnPassword(needs: OwnPasswordNeeds): OwnPassword {
  const { users, passwords, checkPassword, sessions, securityLog } = needs
  return {
    async change({ userId, sessionId }, { current, next, address }) {
      const user = await users.find(userId)
      if (user === undefined) throw new Refusal('token_revoked')
      requireLocalPassword(user)
      passwords.check(next, user)
      const { username } = user
      const proof = await checkPassword(attemptTargetOf(user), user, current, address).catch(
        logThrottled(securityLog, { username, address }),
      )
      const refuse = () => {
        securityLog.write({ event: 'authn_password_change_fail', userId, username, address })
        return new Refusal('credentials_wrong', { detail: 'current_password is wrong' })
      }
      if (proof !== 'password') throw refuse()
      const passwordHash = await passwords.hash(next, user, networkOf(address))
      const write = { sessionId, verifiedHash: user.passwordHash, passwordHash }
      await users.setOwnPassword(userId, write).catch((err) => {
        throw err instanceof Refusal && err.code === 'credentials_wrong' ? refuse() : err
      })
      securityLog.write({
        event: 'authn_password_change',
        userId,
        target: username,
        actorId: userId,
        address,
      })
      // After the password: a login with the old one that is still in progress sees the new one, see `createLogin`.
      await sessions.endAll(userId, { reason: 'password', actorId: userId, address }, sessionId)
    },
  }
}
