import { Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import type { LoginAttempts } from './login-attempts.ts'
import type { Passwords } from './password.ts'
import { attemptTargetOf, createPasswordCheck } from './password-check.ts'
import type { SecurityLog } from './security-log.ts'
import type { OpenedSession, OpenSessionRequest, Sessions } from './sessions.ts'
import type { User, UserStore } from './users.ts'

export interface LoginCredentials {
  username: string
  password: string
}

export interface LoginNeeds {
  users: Pick<UserStore, 'find' | 'findByLogin'>
  passwords: Pick<Passwords, 'verify'>
  sessions: Pick<Sessions, 'open' | 'logout'>
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
  const checkPassword = createPasswordCheck({ passwords, attempts })

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
        user === undefined ? { id: `name:${normalizeName(username)}`, revision: 0 } : attemptTargetOf(user)
      const isValid = await checkPassword(account, user, password, address).catch((err) => {
        if (err instanceof Refusal && err.code === 'throttled')
          securityLog.write({ event: 'authn_login_throttled', username, address })
        throw err
      })
      if (user === undefined || !isValid) {
        securityLog.write({ event: 'authn_login_fail', username, address })
        throw new Refusal('credentials_wrong')
      }
      const opened = await loginVerified(user, request)
      // The owner changed the password after it was verified here, and ended the sessions that were there then.
      if ((await users.find(user.id))?.passwordHash !== user.passwordHash) {
        await sessions.logout({ userId: user.id, sessionId: opened.sessionId }, address)
        throw new Refusal('credentials_wrong')
      }
      return opened
    },
  }
}
