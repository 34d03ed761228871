import { toUnixSeconds } from '../../../runtime/time.ts'
import { invalidInput, Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import { networkOf } from '../values/network.ts'
import { requireLocalPassword } from './local-password.ts'
import type { NewPasswords } from './new-passwords.ts'
import { opaqueString } from './password.ts'
import { attemptTargetOf, type PasswordCheck } from './password-check.ts'
import type { RevocationPublisher } from './revocations.ts'
import type { FactorAnswer, SecondFactor } from './second-factor/second-factor.ts'
import type { SecurityLog } from './security-log.ts'
import type { Sessions } from './sessions.ts'
import type { SignInTickets } from './sign-in-tickets.ts'
import { logThrottled } from './throttled-attempt.ts'
import type { User, UserStore } from './users.ts'

export interface RequiredPasswordChangeRequest {
  /** Any name of the account. */
  login: string
  password: string
  next: string
  /** For an account with a second factor. */
  factor?: FactorAnswer | undefined
  /** Of the client. */
  address: string
}

export interface RequiredPasswordChange {
  /**
   * Replaces a password that has to be replaced before it opens a session, and ends what sessions there are. The current
   * password is verified under the limits of logins.
   * @returns a sign-in ticket; undefined if the account has to add a second factor, which a sign-in with the new password does
   * @throws {Refusal} `credentials_wrong`, `conflict` if no change is required or the password is not stored here,
   *   `input_invalid` for the new password, `second_factor_required` without an answer for an account that has a
   *   factor: nothing is changed; as `SecondFactor.verify`, `throttled`, `unavailable`
   */
  change(request: RequiredPasswordChangeRequest): Promise<string | undefined>
}

export interface RequiredPasswordChangeNeeds {
  users: Pick<UserStore, 'find' | 'findByLogin' | 'replaceRequiredPassword'>
  passwords: NewPasswords
  checkPassword: PasswordCheck
  secondFactor: SecondFactor
  signInTickets: Pick<SignInTickets, 'issue'>
  sessions: Pick<Sessions, 'endAll'>
  revocationPublisher: RevocationPublisher
  securityLog: SecurityLog
  now: () => number
  /** The longest lifetime of any token, in seconds. */
  longestLifetime: number
}

export function createRequiredPasswordChange(needs: RequiredPasswordChangeNeeds): RequiredPasswordChange {
  const { users, passwords, checkPassword, sessions, securityLog } = needs

  /** Answers as a login does, so that it reveals no more about accounts. */
  async function verify({ login, password, address }: RequiredPasswordChangeRequest): Promise<User> {
    const user = await users.findByLogin(login)
    const target =
      user === undefined ? { id: `name:${normalizeName(login)}`, revision: 0 } : attemptTargetOf(user)
    const proof = await checkPassword(target, user, password, address).catch(
      logThrottled(securityLog, { username: login, address }),
    )
    if (user !== undefined && proof === 'password') return user
    securityLog.write({ event: 'authn_login_fail', username: login, address })
    throw new Refusal('credentials_wrong')
  }

  return {
    async change(request) {
      const { password, next, factor, address } = request
      const user = await verify(request)
      requireLocalPassword(user)
      // Otherwise a password alone could replace that of an account with a second factor.
      if (!user.mustChangePassword)
        throw new Refusal('conflict', { detail: 'no change of this password is required: sign in with it' })
      const need = await needs.secondFactor.needOf(user)
      if (need?.mustEnrol === false && factor === undefined) throw new Refusal('second_factor_required')
      if (opaqueString(next) === opaqueString(password))
        throw invalidInput('new_password: must differ from the current password')
      const { id: userId, username, passwordHash: verifiedHash } = user
      passwords.check(next, user)
      // After the rules, so that a refused password uses up no code.
      if (need?.mustEnrol === false && factor !== undefined)
        await needs.secondFactor.verify(user, factor, address)
      const passwordHash = await passwords.hash(next, user, networkOf(address))
      const revokeUntil = toUnixSeconds(needs.now()) + needs.longestLifetime
      const revocation = await users.replaceRequiredPassword(
        userId,
        { verifiedHash, passwordHash },
        revokeUntil,
      )
      securityLog.write({
        event: 'authn_password_change',
        userId,
        target: username,
        actorId: userId,
        address,
      })
      await needs.revocationPublisher.publish(revocation)
      await sessions.endAll(userId, { reason: 'password', actorId: userId, address })

      const changed = await users.find(userId)
      if (changed === undefined || changed.disabled || changed.passwordHash !== passwordHash)
        throw new Refusal('credentials_wrong')
      if (need?.mustEnrol === true) return undefined
      return needs.signInTickets.issue(changed, { isPasswordAlone: need === undefined })
    },
  }
}
