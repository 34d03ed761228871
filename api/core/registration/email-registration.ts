import { DAY_S, toUnixSeconds } from '../../../runtime/time.ts'
import type { NewPasswords } from '../auth/new-passwords.ts'
import type { Passwords } from '../auth/password.ts'
import type { RateLimiter } from '../auth/rate-limiter.ts'
import type { User } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import { networkOf } from '../values/network.ts'
import { hashToken } from './invitations.ts'
import { type RegistrationMode, requireOpen } from './registration-mode.ts'
import { describeConflict, requireOwnName } from './username.ts'

/** An account with an unverified address; it cannot log in. */
export interface PendingRegistration {
  username: string
  email: string
  /** Name of the agent. */
  name: string
  /** `NO_PASSWORD` if two registrations of the address differ: the owner sets one when they confirm the address. */
  passwordHash: string
}

/** No password has this hash. */
export const NO_PASSWORD = ''

/** Times are unix seconds. */
export interface EmailRegistrationStore {
  /** @returns undefined without a pending registration */
  findPending(email: string, now: number): Promise<PendingRegistration | undefined>
  /**
   * Stores the registration and queues a mail with a new link, in place of a queued mail that has not been tried yet:
   * only the link of the last mail works. If a registration is pending already, its first username stays; if the new
   * one differs from it, the password and the link are deleted.
   * @param expected password hash that `findPending` returned, and whether both registrations are the same
   * @returns false if another request was faster: then nothing is stored
   */
  save(
    account: PendingRegistration,
    at: { now: number; expiresAt: number },
    expected?: { passwordHash: string; isSame: boolean },
  ): Promise<boolean>
  /** Queues a mail to the address as `save` does, also without a pending registration. */
  queueMail(email: string, now: number): Promise<void>
  /** @returns undefined without a pending registration */
  setToken(
    email: string,
    tokenHash: string,
    now: number,
  ): Promise<Pick<PendingRegistration, 'username' | 'passwordHash'> | undefined>
  findByToken(tokenHash: string, now: number): Promise<PendingRegistration | undefined>
  /**
   * Creates user and agent and consumes the token in one transaction: of two concurrent calls one succeeds.
   * @param chosen replaces username and password hash of the registration
   * @returns undefined for an unknown or expired token
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: the registration stays pending
   */
  confirm(
    tokenHash: string,
    chosen: Pick<PendingRegistration, 'username' | 'passwordHash'>,
    now: number,
  ): Promise<User | undefined>
  deleteExpired(now: number): Promise<void>
}

export interface EmailRegistration {
  /**
   * Returns the same and takes the same time whether or not an account with this name or address exists, so that a
   * client cannot find out.
   * @param request `address` is the client's network address
   * @throws {Refusal} `forbidden`, `not_supported`, `throttled`, `input_invalid`, `unavailable`
   */
  register(
    request: Omit<PendingRegistration, 'passwordHash'> & { password: string; address: string },
  ): Promise<void>
  /** @throws {Refusal} as `register` */
  resend(email: string, address: string): Promise<void>
  /**
   * @param chosen replaces the registered values; the password is required after conflicting registrations
   * @param address the client's network address
   * @throws {Refusal} `forbidden`, `input_invalid` for an invalid token or a missing password, `taken`, `unavailable`
   */
  verify(token: string, chosen: ConfirmInput, address: string): Promise<User>
}

export interface ConfirmInput {
  username?: string | undefined
  password?: string | undefined
}

export interface EmailRegistrationNeeds {
  mode: RegistrationMode
  /** Whether this installation sends mail. */
  hasMail: boolean
  store: EmailRegistrationStore
  passwords: Pick<NewPasswords, 'hash'> & Pick<Passwords, 'verify'>
  /** Limits registrations by the client's network address. */
  throttle: Pick<RateLimiter, 'consume'>
  /** Limits mails by the hash of the recipient. */
  mailThrottle: Pick<RateLimiter, 'consume'>
  now: () => number
}

const LINK_TTL_S = DAY_S
/** Attempts to save while concurrent registrations of the same address change it. */
const MAX_ATTEMPTS = 5

export function createEmailRegistration(needs: EmailRegistrationNeeds): EmailRegistration {
  const { store } = needs
  const nowS = () => toUnixSeconds(needs.now())

  async function requireMailAllowed(email: string, address: string): Promise<void> {
    requireOpen(needs.mode)
    requireMail(needs.hasMail)
    await needs.throttle.consume(address)
    await needs.mailThrottle.consume(hashToken(normalizeName(email)))
  }

  return {
    async register({ username, email, name, password, address }) {
      await requireMailAllowed(email, address)
      requireOwnName(username, email)
      const queueKey = networkOf(address)
      const passwordHash = await needs.passwords.hash(
        password,
        { username, email, displayName: name },
        queueKey,
      )
      const account = { username, email, name, passwordHash }
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const now = nowS()
        const pending = await store.findPending(email, now)
        // Also without a pending registration, so that the time does not reveal one.
        const matches = await needs.passwords.verify(pending?.passwordHash, password, { queueKey })
        const expected = pending && {
          passwordHash: pending.passwordHash,
          isSame: matches && normalizeName(pending.username) === normalizeName(username),
        }
        if (await store.save(account, { now, expiresAt: now + LINK_TTL_S }, expected)) return
      }
      throw new Refusal('unavailable', { detail: 'too many register this address at once', retryAfter: 2 })
    },
    async resend(email, address) {
      await requireMailAllowed(email, address)
      await store.queueMail(email, nowS())
    },
    async verify(token, { username, password }, address) {
      requireOpen(needs.mode)
      const hash = hashToken(token)
      const pending = await store.findByToken(hash, nowS())
      if (pending === undefined) throw invalidToken()
      const name = username ?? pending.username
      requireOwnName(name, pending.email)
      const passwordHash =
        password === undefined
          ? pending.passwordHash
          : await needs.passwords.hash(
              password,
              { username: name, email: pending.email, displayName: pending.name },
              networkOf(address),
            )
      if (passwordHash === NO_PASSWORD) throw passwordRequired()
      const user = await store.confirm(hash, { username: name, passwordHash }, nowS()).catch(describeConflict)
      if (user === undefined) throw invalidToken()
      return user
    },
  }
}

/** Only the owner of the address has the token, so only the owner may set the password. */
const passwordRequired = () =>
  new Refusal('input_invalid', {
    detail: 'password: is needed, as this address was registered more than once',
  })

const invalidToken = () => new Refusal('input_invalid', { detail: 'Invalid or expired token' })

/** @throws {Refusal} `not_supported` */
export function requireMail(hasMail: boolean): void {
  if (hasMail) return
  throw new Refusal('not_supported', {
    detail: 'This installation sends no mail: HOOKSWITCH_SMTP_URL is not set',
  })
}
