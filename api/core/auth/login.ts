import { Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import { networkOf } from '../values/network.ts'
import type { LoginAttempts, ReservedAttempt } from './login-attempts.ts'
import type { Passwords } from './password.ts'
import type { SecurityLog } from './security-log.ts'
import type { OpenedSession, OpenSessionRequest, Sessions } from './sessions.ts'
import type { User, UserStore } from './users.ts'

export interface LoginCredentials {
  username: string
  password: string
}

export interface LoginNeeds {
  users: Pick<UserStore, 'findByLogin'>
  passwords: Pick<Passwords, 'verify'>
  sessions: Pick<Sessions, 'open'>
  attempts: LoginAttempts
  securityLog: SecurityLog
}

/** Unknown users cost the same work and get the same answer as known ones with a wrong password. */
export interface Login {
  /** Verifies credentials and opens a session. @throws {Refusal} `credentials_missing`, `credentials_wrong`, `throttled`, `unavailable` */
  login(credentials: LoginCredentials, request: OpenSessionRequest): Promise<OpenedSession>
  /**
   * Opens a session for a user who was just verified by a mailed link.
   * @throws {Refusal} `unavailable`
   */
  loginVerified(user: User, request: OpenSessionRequest): Promise<OpenedSession>
}

export function createLogin({ users, passwords, sessions, attempts, securityLog }: LoginNeeds): Login {
  async function loginVerified(user: User, request: OpenSessionRequest): Promise<OpenedSession> {
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
    loginVerified,
    async login({ username, password }, request) {
      const { address } = request
      if (username === '' || password === '') {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_missing')
      }
      const user = await users.findByLogin(username)
      // One counter per account, whichever of its names is tried; unknown names have counters too.
      const account =
        user === undefined
          ? { id: `name:${normalizeName(username)}`, revision: 0 }
          : { id: `id:${user.id}`, revision: user.revision }
      let attempt: ReservedAttempt | undefined
      let isValid = false
      try {
        await attempts.check(account, address)
        const matches = await passwords.verify(user?.passwordHash, password, {
          queueKey: networkOf(address),
          beforeVerify: async () => {
            attempt = await attempts.reserve(account, address)
          },
        })
        isValid = matches && user?.disabled === false
      } catch (err) {
        await attempt?.end('void')
        if (err instanceof Refusal && err.code === 'throttled')
          securityLog.write({ event: 'authn_login_throttled', username, address })
        throw err
      }
      await attempt?.end(isValid ? 'success' : 'failure')
      if (user === undefined || !isValid) {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_wrong')
      }
      return loginVerified(user, request)
    },
  }
}
