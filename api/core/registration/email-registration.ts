import type { Throttle } from '../auth/login.ts'
import type { Passwords } from '../auth/password.ts'
import type { User } from '../auth/users.ts'
import { Refusal } from '../refusal.ts'
import { normalName } from '../values/account-names.ts'
import { network } from '../values/network.ts'
import type { RegistrationMode } from './extension-registration.ts'
import { hashOf } from './invitations.ts'
import { mustBeOwnName, tellTaken } from './username.ts'

/** An account that waits for its address to be proved; nobody can log in with it. */
export interface WaitingAccount {
  username: string
  email: string
  /** What the agent is to be called. */
  name: string
  /** `FORGOTTEN` where two registrations of the address differ: its owner chooses one with the code. */
  passwordHash: string
}

/** No password has this hash. */
export const FORGOTTEN = ''

/** Times are unix seconds. */
export interface RegistrationStore {
  /** @returns undefined where nothing waits for this address */
  pending(email: string, now: number): Promise<WaitingAccount | undefined>
  /**
   * Stores it, and with it the mail that is to bring a new link; in place of one that is not begun to be sent, so
   * that two forms sent at once are not two letters of which one is good no more. Of one that waits already the
   * first name stays; where the new one is not the same, the password goes and the link is good no more.
   * @param over the hash of what `pending` returned, and whether this is the same registration again
   * @returns false where another request came between: then nothing is stored
   */
  keep(
    account: WaitingAccount,
    at: { now: number; expiresAt: number },
    over?: { passwordHash: string; isSame: boolean },
  ): Promise<boolean>
  /** Another mail to the address, as `keep` does, whatever there is of it. */
  mailAgain(email: string, now: number): Promise<void>
  /** @returns undefined where nothing waits for this address */
  setToken(
    email: string,
    tokenHash: string,
    now: number,
  ): Promise<Pick<WaitingAccount, 'username' | 'passwordHash'> | undefined>
  find(tokenHash: string, now: number): Promise<WaitingAccount | undefined>
  /**
   * Makes it a user and an agent and uses the token up, all or nothing: of two who try, one does.
   * @param as what stands in place of what was asked for
   * @returns undefined where the token is not good
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: then it goes on waiting
   */
  prove(
    tokenHash: string,
    as: Pick<WaitingAccount, 'username' | 'passwordHash'>,
    now: number,
  ): Promise<User | undefined>
  forgetExpired(now: number): Promise<void>
}

export interface Registering {
  /**
   * Says the same, and does the same work, whether or not the name and the address are known or registered already.
   * @param request `address` is the client's
   * @throws {Refusal} `forbidden`, `not_supported`, `throttled`, `input_invalid`, `unavailable`
   */
  register(
    request: Omit<WaitingAccount, 'passwordHash'> & { password: string; address: string },
  ): Promise<void>
  /** @throws {Refusal} as `register` */
  resend(email: string, address: string): Promise<void>
  /**
   * @param chosen in place of what was asked for; the password is needed where the address was registered by two
   * @param address the client's
   * @throws {Refusal} `forbidden`, `input_invalid` where the token is not good or the password is missing, `taken`,
   *   `unavailable`
   */
  verify(token: string, chosen: Chosen, address: string): Promise<User>
}

export interface Chosen {
  username?: string | undefined
  password?: string | undefined
}

export interface RegisteringNeeds {
  mode: RegistrationMode
  /** Whether this installation sends mail. */
  hasMail: boolean
  store: RegistrationStore
  passwords: Pick<Passwords, 'hash' | 'verify'>
  /** Registrations by the client's address. */
  throttle: Pick<Throttle, 'takeAddress'>
  /** Mail by the hash of the address it goes to. */
  mailThrottle: Pick<Throttle, 'takeAddress'>
  now: () => number
}

const GOOD_FOR_S = 86_400
/** What comes between two looks at one address; after a contest none differs any more. */
const MOST_LOOKS = 5

export function createRegistering(needs: RegisteringNeeds): Registering {
  const { store } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  async function mayMail(email: string, address: string): Promise<void> {
    mustBeOpen(needs.mode)
    mustHaveMail(needs.hasMail)
    await needs.throttle.takeAddress(address)
    await needs.mailThrottle.takeAddress(hashOf(normalName(email)))
  }

  return {
    async register({ username, email, name, password, address }) {
      await mayMail(email, address)
      mustBeOwnName(username, email)
      const by = network(address)
      const passwordHash = await needs.passwords.hash(password, by)
      const account = { username, email, name, passwordHash }
      for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
        const now = nowS()
        const known = await store.pending(email, now)
        // Compared with nothing, too, as that takes as long.
        const matches = await needs.passwords.verify(known?.passwordHash, password, { by })
        const over = known && {
          passwordHash: known.passwordHash,
          isSame: matches && normalName(known.username) === normalName(username),
        }
        if (await store.keep(account, { now, expiresAt: now + GOOD_FOR_S }, over)) return
      }
      throw new Refusal('unavailable', { detail: 'too many register this address at once', retryAfter: 2 })
    },
    async resend(email, address) {
      await mayMail(email, address)
      await store.mailAgain(email, nowS())
    },
    async verify(token, { username, password }, address) {
      mustBeOpen(needs.mode)
      const hash = hashOf(token)
      const waiting = await store.find(hash, nowS())
      if (waiting === undefined) throw notGood()
      const name = username ?? waiting.username
      mustBeOwnName(name, waiting.email)
      const passwordHash =
        password === undefined ? waiting.passwordHash : await needs.passwords.hash(password, network(address))
      if (passwordHash === FORGOTTEN) throw contested()
      const user = await store.prove(hash, { username: name, passwordHash }, nowS()).catch(tellTaken)
      if (user === undefined) throw notGood()
      return user
    },
  }
}

/** Of two who registered an address, only its owner has the code. */
const contested = () =>
  new Refusal('input_invalid', {
    detail: 'password: is needed, as this address was registered more than once',
  })

const notGood = () => new Refusal('input_invalid', { detail: 'Invalid or expired token' })

/** @throws {Refusal} `forbidden`: it says how to get in */
function mustBeOpen(mode: RegistrationMode): void {
  if (mode === 'open') return
  const detail =
    mode === 'closed'
      ? 'Registration is closed: ask an administrator for an account'
      : 'Registration is by invitation: ask an administrator for one'
  throw new Refusal('forbidden', { detail })
}

/** @throws {Refusal} `not_supported` */
export function mustHaveMail(hasMail: boolean): void {
  if (hasMail) return
  throw new Refusal('not_supported', {
    detail: 'This installation sends no mail: HOOKSWITCH_SMTP_URL is not set',
  })
}
