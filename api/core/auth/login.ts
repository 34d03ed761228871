import { Refusal } from '../refusal.ts'
import { normalName } from '../values/account-names.ts'
import { network } from '../values/network.ts'
import type { Attempt, Attempts } from './login-attempts.ts'
import type { Passwords } from './password.ts'
import type { SecurityLog } from './security-log.ts'
import type { Opened, OpenRequest, Sessions } from './sessions.ts'
import type { User, UserStore } from './users.ts'

/** Bounds how often an address may ask for what is no login, such as a registration, over all processes. */
export interface Throttle {
  /** @throws {Refusal} `throttled` */
  takeAddress(address: string): Promise<void>
}

export interface Credentials {
  username: string
  password: string
}

export interface LoginNeeds {
  users: Pick<UserStore, 'findByLogin'>
  passwords: Pick<Passwords, 'verify'>
  sessions: Pick<Sessions, 'open'>
  attempts: Attempts
  securityLog: SecurityLog
}

/** `login` checks credentials and opens a session: the same work and the same words for unknown users. */
export interface Login {
  /** @throws {Refusal} `credentials_missing`, `credentials_wrong`, `throttled`, `unavailable` */
  login(credentials: Credentials, request: OpenRequest): Promise<Opened>
  /**
   * Opens a session for a user who has just proved by a mailed code who they are.
   * @throws {Refusal} `unavailable`
   */
  admit(user: User, request: OpenRequest): Promise<Opened>
}

export function createLogin({ users, passwords, sessions, attempts, securityLog }: LoginNeeds): Login {
  async function admit(user: User, request: OpenRequest): Promise<Opened> {
    const opened = await sessions.open(user, request)
    securityLog.write({
      event: 'authn_login_success',
      username: user.username,
      userId: user.id,
      sessionId: opened.sessionId,
      address: request.address,
    })
    return opened
  }

  return {
    admit,
    async login({ username, password }, request) {
      const { address } = request
      if (username === '' || password === '') {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_missing')
      }
      const user = await users.findByLogin(username)
      // One account, one count, whichever of its names is tried; unknown names are counted alike.
      const account =
        user === undefined
          ? { id: `name:${normalName(username)}`, revision: 0 }
          : { id: `id:${user.id}`, revision: user.revision }
      let attempt: Attempt | undefined
      let right = false
      try {
        await attempts.check(account, address)
        const matches = await passwords.verify(user?.passwordHash, password, {
          by: network(address),
          onTurn: async () => {
            attempt = await attempts.reserve(account, address)
          },
        })
        right = matches && user?.disabled === false
      } catch (err) {
        await attempt?.end('void')
        if (err instanceof Refusal && err.code === 'throttled')
          securityLog.write({ event: 'authn_login_throttled', username, address })
        throw err
      }
      await attempt?.end(right ? 'right' : 'wrong')
      if (user === undefined || !right) {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_wrong')
      }
      return admit(user, request)
    },
  }
}
