import { Refusal } from '../../refusal.ts'
import { normalizeName, trimName } from '../../values/account-names.ts'
import { networkOf } from '../../values/network.ts'
import { createFairQueue } from '../fair-queue.ts'
import type { FindExternal } from '../login.ts'
import type { AttemptTarget, LoginAttempts, ReservedAttempt } from '../login-attempts.ts'
import type { Passwords } from '../password.ts'
import { attemptTargetOf, type RemotePasswords } from '../password-check.ts'
import { isSameAccount } from '../same-account.ts'
import type { SecurityLog } from '../security-log.ts'
import type { User, UserStore } from '../users.ts'
import type { DirectoryEntry, DirectorySession, LdapDirectory } from './directory.ts'
import type { DirectoryAccounts } from './directory-accounts.ts'

export interface DirectoryPasswordsNeeds {
  directories: readonly LdapDirectory[]
  users: Pick<UserStore, 'findBySource' | 'find'>
  accounts: DirectoryAccounts
  passwords: Pick<Passwords, 'verify'>
  securityLog: SecurityLog
}

export interface DirectoryPasswords extends RemotePasswords {
  /** Signs in people of the directories by names that no account has, under the limits of one surface. */
  createFindExternal(attempts: LoginAttempts): FindExternal
}

const MAX_LOGIN_LENGTH = 256

/** Verifies passwords by binding to the directory of the account, as the entry with the account's unique id. */
export function createDirectoryPasswords(needs: DirectoryPasswordsNeeds): DirectoryPasswords {
  const { directories, users, accounts, passwords, securityLog } = needs
  // The wait and a directory that answers slowly take less than nginx waits for an answer, which is 40 s.
  const queues = new Map(
    directories.map(({ source }) => [
      source,
      createFairQueue({ parallel: 8, maxWaiting: 500, timeoutMs: 5_000 }),
    ]),
  )
  const queueOf = (directory: LdapDirectory) => queues.get(directory.source) ?? ((_, task) => task())

  /** @returns undefined, as no account is signed in */
  function logRefusal(username: string, source: string, reason: string, address: string): undefined {
    securityLog.write({ event: 'authn_directory_refused', username, source, reason, address })
  }

  /** The entry if the password is right and the person may sign in. Binds whether or not the person may. */
  async function verifyEntry(
    session: DirectorySession,
    source: string,
    entry: DirectoryEntry,
    password: string,
    address: string,
  ): Promise<boolean> {
    const answer = await session.verifyPassword(entry.dn, password)
    const reason = answer.is === 'wrong' ? answer.reason : entry.barred
    if (reason !== undefined) logRefusal(entry.username, source, reason, address)
    return reason === undefined
  }

  return {
    async verify(user, password, options) {
      const directory = directories.find(({ source }) => source === user.source)
      const { sourceId } = user
      const network = options.queueKey
      if (directory === undefined || sourceId === null || !isVerifiable(password)) {
        if (directory === undefined)
          logRefusal(user.username, user.source ?? 'none', 'no_such_directory', network)
        return passwords.verify(undefined, password, options)
      }
      return queueOf(directory)(network, async () => {
        await options.beforeVerify()
        const entry = await directory.ask(async (session) => {
          const found = await session.findById(sourceId)
          if (found.is === 'one')
            return (await verifyEntry(session, directory.source, found.entry, password, network))
              ? found.entry
              : undefined
          await session.verifyNothing(password)
          return logRefusal(user.username, directory.source, `entry_${found.is}`, network)
        })
        if (!entry) return false
        await accounts.update(user, entry, network)
        return true
      })
    },

    createFindExternal:
      (attempts) =>
      async ({ username, password }, address) => {
        const login = trimName(username)
        const nameTarget = { id: `name:${normalizeName(username)}`, revision: 0 }
        await attempts.check(nameTarget, address)
        const attempt = createMovingAttempt(attempts, address)
        try {
          const user = await signIn(login, password, address, nameTarget, attempt)
          await attempt.end(user === undefined ? 'failure' : 'success')
          return user
        } catch (err) {
          await attempt.end('void')
          throw err
        }
      },
  }

  /** Asks the directories in their order; the first that has an entry of this name decides. */
  async function signIn(
    login: string,
    password: string,
    address: string,
    nameTarget: AttemptTarget,
    attempt: MovingAttempt,
  ): Promise<User | undefined> {
    const queueKey = networkOf(address)
    if (login === '' || login.length > MAX_LOGIN_LENGTH || !isVerifiable(password) || !isWellFormed(login)) {
      await passwords.verify(undefined, password, {
        queueKey,
        beforeVerify: () => attempt.moveTo(nameTarget),
      })
      return undefined
    }
    await attempt.moveTo(nameTarget)
    for (const directory of directories) {
      const decision = await queueOf(directory)(queueKey, () =>
        directory.ask((session) => askOne(session, directory, { login, password, address }, attempt)),
      )
      if (decision.is === 'unknown') continue
      return decision.entry && finish(directory, decision.entry, address)
    }
    return undefined
  }

  async function askOne(
    session: DirectorySession,
    { source }: LdapDirectory,
    { login, password, address }: { login: string; password: string; address: string },
    attempt: MovingAttempt,
  ): Promise<{ is: 'unknown' } | { is: 'decided'; entry: DirectoryEntry | undefined }> {
    const found = await session.findByLogin(login)
    if (found.is !== 'one') {
      await session.verifyNothing(password)
      if (found.is === 'none') return { is: 'unknown' }
      logRefusal(login, source, `entry_${found.is}`, address)
      return { is: 'decided', entry: undefined }
    }
    const { entry } = found
    const user = await users.findBySource(source, entry.sourceId)
    // All names of an entry have one counter, which is its account's if it has one.
    await attempt.moveTo(
      user === undefined ? { id: `${source}:${entry.sourceId}`, revision: 0 } : attemptTargetOf(user),
    )
    if (user?.disabled === true || (user !== undefined && user.passwordAuthority !== 'directory')) {
      await session.verifyNothing(password)
      logRefusal(login, source, user.disabled ? 'account_disabled' : 'password_elsewhere', address)
      return { is: 'decided', entry: undefined }
    }
    const isRight = await verifyEntry(session, source, entry, password, address)
    return { is: 'decided', entry: isRight ? entry : undefined }
  }

  async function finish(
    { source, createsAccounts }: LdapDirectory,
    entry: DirectoryEntry,
    address: string,
  ): Promise<User | undefined> {
    const known = await users.findBySource(source, entry.sourceId)
    if (known !== undefined) {
      await accounts.update(known, entry, address)
      const user = await users.find(known.id)
      return isSameAccount(known, user) ? user : undefined
    }
    if (!createsAccounts) return logRefusal(entry.username, source, 'no_account', address)
    return accounts.create(source, entry, address).catch((err) => {
      if (!(err instanceof Refusal) || (err.code !== 'taken' && err.code !== 'input_invalid')) throw err
      // Another account has the name: its own password counts, and no other.
      return logRefusal(entry.username, source, `account_${err.code}: ${err.detail}`, address)
    })
  }
}

/**
 * An empty password would be an unauthenticated bind, which succeeds for any name (RFC 4513 §5.1.2). A lone surrogate
 * has no UTF-8.
 */
export const isVerifiable = (password: string): boolean =>
  password !== '' && isWellFormed(password) && Buffer.byteLength(password) <= 1_024

const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

/** One attempt of a client. It moves to the counter of its account once that is known. */
interface MovingAttempt {
  /** @throws {Refusal} `throttled`, `unavailable` */
  moveTo(target: AttemptTarget): Promise<void>
  end(outcome: Parameters<ReservedAttempt['end']>[0]): Promise<void>
}

function createMovingAttempt(attempts: LoginAttempts, address: string): MovingAttempt {
  let current: ReservedAttempt | undefined
  const end: MovingAttempt['end'] = async (outcome) => {
    await current?.end(outcome)
    current = undefined
  }
  return {
    async moveTo(target) {
      // Before the next one: both count the network, and would wait for each other at the last attempt that is left.
      await end('void')
      current = await attempts.reserve(target, address)
    },
    end,
  }
}
