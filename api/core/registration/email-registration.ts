import { toUnixSeconds } from '../../../runtime/time.ts'
import type { RateLimiter } from '../auth/login.ts'
import type { Passwords } from '../auth/password.ts'
import type { User } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import { networkOf } from '../values/network.ts'
import { hashToken } from './invitations.ts'
import { type RegistrationMode, requireOpen } from './registration-mode.ts'
import { describeConflict, requireOwnName } from './username.ts'

/** An account that waits for its address to be proved; nobody can log in with it. */
export interface PendingRegistration {
  username: string
  email: string
  /** What the agent is to be called. */
  name: string
  /** `FORGOTTEN` where two registrations of the address differ: its owner chooses one with the code. */
  passwordHash: string
}

/** No password has this hash. */
export const NO_PASSWORD = ''

/** Times are unix seconds. */
export interface EmailRegistrationStore {
  /** @returns undefined where nothing waits for this address */
  findPending(email: string, now: number): Promise<PendingRegistration | undefined>
  /**
   * Stores it, and with it the mail that is to bring a new link; in place of one that is not begun to be sent, so
   * that two forms sent at once are not two letters of which one is good no more. Of one that waits already the
   * first name stays; where the new one is not the same, the password goes and the link is good no more.
   * @param expected the hash of what `pending` returned, and whether this is the same registration again
   * @returns false where another request came between: then nothing is stored
   */
  save(
    account: PendingRegistration,
    at: { now: number; expiresAt: number },
    expected?: { passwordHash: string; isSame: boolean },
  ): Promise<boolean>
  /** Another mail to the address, as `keep` does, whatever there is of it. */
  queueMail(email: string, now: number): Promise<void>
  /** @returns undefined where nothing waits for this address */
  setToken(
    email: string,
    tokenHash: string,
    now: number,
  ): Promise<Pick<PendingRegistration, 'username' | 'passwordHash'> | undefined>
  findByToken(tokenHash: string, now: number): Promise<PendingRegistration | undefined>
  /**
   * Makes it a user and an agent and uses the token up, all or nothing: of two who try, one does.
   * @param chosen what stands in place of what was asked for
   * @returns undefined where the token is not good
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: then it goes on waiting
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
   * Says the same, and does the same work, whether or not the name and the address are known or registered already.
   * @param request `address` is the client's
   * @throws {Refusal} `forbidden`, `not_supported`, `throttled`, `input_invalid`, `unavailable`
   */
  register(
    request: Omit<PendingRegistration, 'passwordHash'> & { password: string; address: string },
  ): Promise<void>
  /** @throws {Refusal} as `register` */
  resend(email: string, address: string): Promise<void>
  /**
   * @param chosen in place of what was asked for; the password is needed where the address was registered by two
   * @param address the client's
   * @throws {Refusal} `forbidden`, `input_invalid` where the token is not good or the password is missing, `taken`,
   *   `unavailable`
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
  passwords: Pick<Passwords, 'hash' | 'verify'>
  /** Registrations by the client's address. */
  throttle: Pick<RateLimiter, 'consume'>
  /** Mail by the hash of the address it goes to. */
  mailThrottle: Pick<RateLimiter, 'consume'>
  now: () => number
}

const LINK_TTL_S = 86_400
/** What comes between two looks at one address; after a contest none differs any more. */
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
      const passwordHash = await needs.passwords.hash(password, queueKey)
      const account = { username, email, name, passwordHash }
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const now = nowS()
        const pending = await store.findPending(email, now)
        // Compared with nothing, too, as that takes as long.
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
          : await needs.passwords.hash(password, networkOf(address))
      if (passwordHash === NO_PASSWORD) throw passwordRequired()
      const user = await store.confirm(hash, { username: name, passwordHash }, nowS()).catch(describeConflict)
      if (user === undefined) throw invalidToken()
      return user
    },
  }
}

/** Of two who registered an address, only its owner has the code. */
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
