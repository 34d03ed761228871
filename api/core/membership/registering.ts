import type { Throttle } from '../login.ts'
import { normalName } from '../names.ts'
import { network } from '../network.ts'
import { hashOf } from '../onboarding/invitations.ts'
import type { RegistrationMode } from '../onboarding/registration.ts'
import type { Passwords } from '../password.ts'
import { Refusal } from '../refusal.ts'
import type { User } from '../users.ts'
import { mustBeOwnName, tellTaken } from './account.ts'

/** An account that waits for its address to be proved; nobody can log in with it. */
export interface WaitingAccount {
  username: string
  email: string
  /** What the agent is to be called. */
  name: string
  passwordHash: string
}

/** Times are unix seconds. */
export interface RegistrationStore {
  /**
   * Keeps it in place of an earlier one of the same address, whose link is good no more, and with it the mail
   * that is to bring a new link; in place of one that nobody has begun to send, so that two forms sent at once
   * are not two letters of which one is good no more.
   */
  keep(account: WaitingAccount, at: { now: number; expiresAt: number }): Promise<void>
  /** Another mail to the address, as `keep` does, whatever there is of it. */
  mailAgain(email: string, now: number): Promise<void>
  /** @returns undefined where nothing waits for this address */
  setToken(
    email: string,
    tokenHash: string,
    now: number,
  ): Promise<Pick<WaitingAccount, 'username'> | undefined>
  find(tokenHash: string, now: number): Promise<WaitingAccount | undefined>
  /**
   * Makes it a user and an agent and uses the token up, all or nothing: of two who try, one does.
   * @returns undefined where the token is not good
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`: then it goes on waiting
   */
  prove(tokenHash: string, username: string, now: number): Promise<User | undefined>
  forgetExpired(now: number): Promise<void>
}

export interface Registering {
  /**
   * Says the same, and does the same work, whether or not the name and the address are known.
   * @param request `address` is the client's
   * @throws {Refusal} `forbidden`, `not_supported`, `throttled`, `input_invalid`, `unavailable`
   */
  register(
    request: Omit<WaitingAccount, 'passwordHash'> & { password: string; address: string },
  ): Promise<void>
  /** @throws {Refusal} as `register` */
  resend(email: string, address: string): Promise<void>
  /**
   * @param username in place of the one that was asked for
   * @throws {Refusal} `forbidden`, `input_invalid` where the token is not good, `taken`
   */
  verify(token: string, username?: string): Promise<User>
}

export interface RegisteringNeeds {
  mode: RegistrationMode
  /** Whether this installation sends mail. */
  hasMail: boolean
  store: RegistrationStore
  passwords: Pick<Passwords, 'hash'>
  /** Registrations by the client's address. */
  throttle: Pick<Throttle, 'takeAddress'>
  /** Mail by the hash of the address it goes to. */
  mailThrottle: Pick<Throttle, 'takeAddress'>
  now: () => number
}

const GOOD_FOR_S = 86_400

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
      const passwordHash = await needs.passwords.hash(password, network(address))
      const now = nowS()
      await store.keep({ username, email, name, passwordHash }, { now, expiresAt: now + GOOD_FOR_S })
    },
    async resend(email, address) {
      await mayMail(email, address)
      await store.mailAgain(email, nowS())
    },
    async verify(token, username) {
      mustBeOpen(needs.mode)
      const hash = hashOf(token)
      const waiting = await store.find(hash, nowS())
      if (waiting === undefined) throw notGood()
      const name = username ?? waiting.username
      mustBeOwnName(name, waiting.email)
      const user = await store.prove(hash, name, nowS()).catch(tellTaken)
      if (user === undefined) throw notGood()
      return user
    },
  }
}

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
