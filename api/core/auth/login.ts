import { Refusal } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import type { LoginAttempts } from './login-attempts.ts'
import {
  attemptTargetOf,
  createPasswordCheck,
  type PasswordCheckNeeds,
  type PasswordProof,
} from './password-check.ts'
import { passwordMarkOf } from './password-mark.ts'
import type { ProviderLogouts } from './providers/session-provider.ts'
import { isSameAccount } from './same-account.ts'
import type { SecurityLog } from './security-log.ts'
import type { OpenedSession, OpenSessionRequest, Sessions } from './sessions.ts'
import type { PasswordRequirement } from './sign-in-policy.ts'
import type { SignInGrant, SignInTickets } from './sign-in-tickets.ts'
import type { User, UserStore } from './users.ts'

export interface LoginCredentials {
  username: string
  password: string
}

/**
 * Verifies a password for a name that no account has, where another system knows the name; makes or updates the account.
 * @returns undefined for a wrong password, and for a name that no system knows
 * @throws {Refusal} `throttled`, `unavailable`; `conflict` if the last active administrator would lose the role
 */
export type FindExternal = (credentials: LoginCredentials, address: string) => Promise<User | undefined>

export interface LoginNeeds extends PasswordCheckNeeds {
  users: Pick<UserStore, 'find' | 'findByLogin'>
  sessions: Pick<Sessions, 'open' | 'logout'>
  attempts: LoginAttempts
  signInTickets: Pick<SignInTickets, 'redeem'>
  /**
   * What an account needs beside its right password.
   * @throws {Refusal} `second_factor_required`, `password_change_required`, `unavailable`
   */
  requirePasswordSuffices?: PasswordRequirement
  findExternal?: FindExternal
  /** Logouts of providers; needed where grants name one. */
  providerLogouts?: Pick<ProviderLogouts, 'hasEnded'>
  securityLog: SecurityLog
}

/** Unknown users cost the same work and get the same answer as known ones with a wrong password. */
export interface Login {
  /**
   * Verifies credentials, and opens no session.
   * @throws {Refusal} `credentials_missing`, `credentials_wrong`, `throttled`, `unavailable`
   */
  verify(credentials: LoginCredentials, address: string): Promise<{ user: User; proof: PasswordProof }>
  /**
   * Verifies credentials and opens a session.
   * @throws {Refusal} `credentials_missing`, `credentials_wrong`, `second_factor_required`, `password_change_required`,
   *   `throttled`, `unavailable`
   */
  login(credentials: LoginCredentials, request: OpenSessionRequest): Promise<OpenedSession>
  /**
   * Opens a session for the user of a sign-in ticket, which is used up.
   * @param browsers hashes of the secrets that the client has: a ticket may be bound to one of them
   * @throws {Refusal} `credentials_wrong` for an unknown, used or outdated ticket, `unavailable`
   */
  loginWithTicket(
    ticket: string,
    request: OpenSessionRequest,
    browsers?: readonly string[],
  ): Promise<OpenedSession>
  /**
   * Opens a session for a user who was verified a moment ago.
   * @throws {Refusal} `credentials_wrong` if the account, or the session at the provider, has changed since, `unavailable`
   */
  loginGranted(grant: SignInGrant, request: OpenSessionRequest): Promise<OpenedSession>
  /**
   * Opens a session for a user who was just verified by a mailed link.
   * @throws {Refusal} `second_factor_required`, `password_change_required`, `unavailable`
   */
  loginVerified(user: User, request: OpenSessionRequest): Promise<OpenedSession>
}

export function createLogin(needs: LoginNeeds): Login {
  const {
    users,
    sessions,
    signInTickets,
    securityLog,
    requirePasswordSuffices = async () => {},
    findExternal,
  } = needs
  const checkPassword = createPasswordCheck(needs)

  async function openSession(user: User, request: OpenSessionRequest): Promise<OpenedSession> {
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

  /** An account of this name decides alone, so that no other system can sign in to it by its name. */
  async function checkCredentials(
    { username, password }: LoginCredentials,
    address: string,
  ): Promise<{ user: User | undefined; proof: PasswordProof | undefined }> {
    const user = await users.findByLogin(username)
    if (user === undefined && findExternal !== undefined) {
      const found = await findExternal({ username, password }, address)
      return { user: found, proof: found && 'password' }
    }
    // One counter per account, whichever of its names is tried; unknown names have counters too.
    const account =
      user === undefined ? { id: `name:${normalizeName(username)}`, revision: 0 } : attemptTargetOf(user)
    const proof = await checkPassword(account, user, password, address)
    if (user === undefined || user.passwordAuthority === 'local') return { user, proof }
    // The other system may have changed the role, and an administrator the account.
    const current = await users.find(user.id)
    return { user: isSameAccount(user, current) ? current : undefined, proof }
  }

  function failed(username: string, address: string): Refusal {
    securityLog.write({ event: 'authn_login_fail', username, address })
    return new Refusal('credentials_wrong')
  }

  const verify: Login['verify'] = async (credentials, address) => {
    const { username, password } = credentials
    if (username === '' || password === '') {
      securityLog.write({ event: 'authn_login_fail', username, address })
      throw new Refusal('credentials_missing')
    }
    const { user, proof } = await checkCredentials(credentials, address).catch((err) => {
      if (err instanceof Refusal && err.code === 'throttled')
        securityLog.write({ event: 'authn_login_throttled', username, address })
      throw err
    })
    if (user === undefined || proof === undefined) throw failed(username, address)
    return { user, proof }
  }

  async function loginGranted(grant: SignInGrant, request: OpenSessionRequest): Promise<OpenedSession> {
    const { address } = request
    const user = await users.find(grant.userId)
    // A change of the account, such as a new password, outdates what was verified before it.
    const isSame =
      user?.disabled === false &&
      user.generation === grant.generation &&
      passwordMarkOf(user) === grant.passwordMark
    if (!isSame) throw failed(user?.username ?? '', address)
    if (grant.isPasswordAlone === true) await requirePasswordSuffices(user)
    const { provider, verifiedAt = 0 } = grant
    if (provider === undefined) return openUnchanged(user, request)
    if (needs.providerLogouts === undefined) throw new Refusal('not_supported')
    const opened = await openUnchanged(user, { ...request, provider })
    // After the session is there: a logout that arrives meanwhile finds the session, or is found here.
    const end = () => sessions.logout({ userId: user.id, sessionId: opened.sessionId }, address)
    const isOver = await needs.providerLogouts.hasEnded(provider, verifiedAt).catch(async (err) => {
      await end()
      throw err
    })
    if (!isOver) return opened
    await end()
    throw failed(user.username, address)
  }

  /** The owner may have changed the password after it was verified, and ended the sessions that were there then. */
  async function openUnchanged(user: User, request: OpenSessionRequest): Promise<OpenedSession> {
    const opened = await openSession(user, request)
    if ((await users.find(user.id))?.passwordHash === user.passwordHash) return opened
    await sessions.logout({ userId: user.id, sessionId: opened.sessionId }, request.address)
    throw new Refusal('credentials_wrong')
  }

  return {
    verify,
    loginGranted,
    async loginVerified(user, request) {
      await requirePasswordSuffices(user)
      return openSession(user, request)
    },
    async loginWithTicket(ticket, request, browsers = []) {
      const grant = await signInTickets.redeem(ticket)
      // A ticket in a link of another person must not sign this browser in.
      const isForClient = grant?.browser === undefined || browsers.includes(grant.browser)
      if (grant === undefined || !isForClient) throw failed('', request.address)
      return loginGranted(grant, request)
    },
    async login(credentials, request) {
      const { user, proof } = await verify(credentials, request.address)
      if (proof === 'password') await requirePasswordSuffices(user)
      return openUnchanged(user, proof === 'password' ? request : { ...request, ...proof })
    },
  }
}
