import type { Passwords } from './password.ts'
import { Refusal } from './refusal.ts'
import type { SecurityLog } from './security-log.ts'
import type { Opened, OpenRequest, Sessions } from './sessions.ts'
import type { UserStore } from './users.ts'

/** Slows guessing down, for each account and for each address, over all processes. */
export interface Throttle {
  /**
   * Counts an attempt before it is made, so that a burst cannot outrun the count.
   * @throws {Refusal} `throttled`
   */
  take(account: string, address: string): Promise<void>
  /**
   * Counts what no account is named for, such as a refresh.
   * @throws {Refusal} `throttled`
   */
  takeAddress(address: string): Promise<void>
  /** An attempt was right: the account starts afresh and the address gets its attempt back. */
  forgive(account: string, address: string): Promise<void>
}

export interface Credentials {
  username: string
  password: string
}

export interface LoginNeeds {
  users: Pick<UserStore, 'findByLogin'>
  passwords: Pick<Passwords, 'verify'>
  sessions: Pick<Sessions, 'open'>
  throttle: Pick<Throttle, 'take' | 'forgive'>
  securityLog: SecurityLog
}

/** `login` checks credentials and opens a session: the same work and the same words for unknown users. */
export interface Login {
  /** @throws {Refusal} `credentials_missing`, `credentials_wrong`, `throttled`, `unavailable` */
  login(credentials: Credentials, request: OpenRequest): Promise<Opened>
}

export function createLogin({ users, passwords, sessions, throttle, securityLog }: LoginNeeds): Login {
  return {
    async login({ username, password }, request) {
      const { address } = request
      if (username === '' || password === '') {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_missing')
      }
      const user = await users.findByLogin(username)
      // One account, one count, whichever of its names is tried; unknown names are counted alike.
      const account =
        user === undefined ? `name:${username.normalize('NFKC').toLowerCase()}` : `id:${user.id}`
      try {
        await throttle.take(account, address)
      } catch (err) {
        securityLog.write({ event: 'authn_login_throttled', username, address })
        throw err
      }

      const right = await passwords.verify(user?.passwordHash, password)
      if (user === undefined || !right || user.disabled) {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_wrong')
      }
      const opened = await sessions.open(user, request)
      await throttle.forgive(account, address)
      securityLog.write({
        event: 'authn_login_success',
        username: user.username,
        userId: user.id,
        sessionId: opened.sessionId,
        address,
      })
      return opened
    },
  }
}
