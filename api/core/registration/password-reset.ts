import { toUnixSeconds } from '../../../runtime/time.ts'
import { requireLocalPassword } from '../auth/local-password.ts'
import type { NewPasswords } from '../auth/new-passwords.ts'
import type { PasswordOwner } from '../auth/password-rules.ts'
import type { RateLimiter } from '../auth/rate-limiter.ts'
import type { RevocationPublisher, RevocationRecord } from '../auth/revocations.ts'
import type { SecurityLog } from '../auth/security-log.ts'
import type { Sessions } from '../auth/sessions.ts'
import type { User } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import { networkOf } from '../values/network.ts'
import { requireMail } from './email-registration.ts'
import { hashToken } from './invitations.ts'

/** Lifetime of a mailed link, in seconds. */
export const RESET_LINK_TTL_S = 3_600

/** Times are unix seconds. */
export interface PasswordResetStore {
  /** Queues a mail to the address, in place of a queued one that has not been tried yet. */
  queueMail(email: string, now: number): Promise<void>
  /** Replaces the link of the user: only the last one works, and none after a change of the account. */
  setToken(user: Pick<User, 'id' | 'revision'>, tokenHash: string, expiresAt: number): Promise<void>
  /** @returns the user of a link; undefined for an unknown, used or expired one */
  findUser(
    tokenHash: string,
    now: number,
  ): Promise<(PasswordOwner & Pick<User, 'passwordAuthority'>) | undefined>
  /**
   * Consumes the link, replaces the password and revokes all tokens of the user in one transaction: of two concurrent
   * calls one succeeds. No other change of the password is required then.
   * @param revokeUntil as for `UserStore.setPassword`
   * @returns undefined for an unknown, used or expired link
   * @throws {Refusal} `conflict` as `requireLocalPassword`
   */
  confirm(
    tokenHash: string,
    passwordHash: string,
    at: { now: number; revokeUntil: number },
  ): Promise<{ userId: string; revocation: RevocationRecord } | undefined>
  deleteExpired(now: number): Promise<void>
}

export interface PasswordResets {
  /**
   * Mails a link to the owner of the address. Returns the same and takes the same time whether or not an account has it:
   * the account is looked up when the mail is sent.
   * @param address of the client
   * @throws {Refusal} `not_supported` where no mail is sent, `throttled`, `unavailable`
   */
  request(email: string, address: string): Promise<void>
  /**
   * Sets the password and ends all sessions of the user.
   * @throws {Refusal} `input_invalid` for the password, `not_found` for the token, `conflict` as `requireLocalPassword`,
   *   `throttled`, `unavailable`
   */
  confirm(token: string, password: string, address: string): Promise<void>
}

export interface PasswordResetsNeeds {
  /** Whether this installation sends mail. */
  hasMail: boolean
  store: PasswordResetStore
  passwords: Pick<NewPasswords, 'hash'>
  /** Limits requests by the client's network address. */
  throttle: Pick<RateLimiter, 'consume'>
  /** Limits mails by the hash of the recipient. */
  mailThrottle: Pick<RateLimiter, 'consume'>
  sessions: Pick<Sessions, 'endAll'>
  revocationPublisher: RevocationPublisher
  securityLog: SecurityLog
  now: () => number
  /** The longest lifetime of any token, in seconds. */
  longestLifetime: number
}

export function createPasswordResets(needs: PasswordResetsNeeds): PasswordResets {
  const { store, throttle, securityLog } = needs
  const nowS = () => toUnixSeconds(needs.now())

  return {
    async request(email, address) {
      requireMail(needs.hasMail)
      await throttle.consume(address)
      await needs.mailThrottle.consume(hashToken(normalizeName(email)))
      securityLog.write({ event: 'authn_password_reset_request', username: email, address })
      await store.queueMail(email, nowS())
    },

    async confirm(token, password, address) {
      await throttle.consume(address)
      const tokenHash = hashToken(token)
      // Before the costly hashing. A refused password leaves the link as it is.
      const user = await store.findUser(tokenHash, nowS())
      if (user === undefined) throw invalidLink()
      requireLocalPassword(user)
      const passwordHash = await needs.passwords.hash(password, user, networkOf(address))
      const now = nowS()
      const reset = await store.confirm(tokenHash, passwordHash, {
        now,
        revokeUntil: now + needs.longestLifetime,
      })
      if (reset === undefined) throw invalidLink()
      const { userId, revocation } = reset
      securityLog.write({ event: 'authn_password_reset', userId, address })
      await needs.revocationPublisher.publish(revocation)
      await needs.sessions.endAll(userId, { reason: 'password', actorId: userId, address })
    },
  }
}

const invalidLink = () => new Refusal('not_found', { detail: 'the link is unknown, used or expired' })
