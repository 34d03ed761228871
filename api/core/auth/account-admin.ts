import type { Role } from '../../../contract/claims.ts'
import { serviceIdOfSubject } from '../../../contract/service-token.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ExtensionRules } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import { type Accounts, type NewAccount, validateAccountUpdate } from './accounts.ts'
import { requireLocalPassword } from './local-password.ts'
import type { NewPasswords } from './new-passwords.ts'
import type { RevocationPublisher } from './revocations.ts'
import type { SecurityLog } from './security-log.ts'
import { requireServiceMayManage } from './service-actor.ts'
import type { EndedBy } from './session-ended.ts'
import type { SessionEndReason } from './session-store.ts'
import type { Sessions } from './sessions.ts'
import type {
  AccountOrigin,
  AssignmentOptions,
  SetPasswordOptions,
  UpdateOptions,
  User,
  UserChange,
  UserStore,
} from './users.ts'

/** Who changes an account. */
export type ChangedBy = Pick<EndedBy, 'actorId' | 'address'>

/**
 * What an administrator does to accounts, over HTTP or on the command line. The security log gets each of these. All but
 * `endOutdatedSessions` throw `token_revoked` if the actor was disabled, demoted or deleted meanwhile, and `forbidden` for
 * a service token unless the account has the role `user` before and after.
 */
export interface AccountAdmin {
  /** @throws {Refusal} `input_invalid`, `taken`, `unavailable` */
  add(account: NewAccount, by: ChangedBy, options?: AssignmentOptions): Promise<User>
  /**
   * Ends the user's sessions at once, everywhere, as do `disable`, `remove` and a new role or extension.
   * @throws {Refusal} `input_invalid`, `not_found`, `conflict` as `requireLocalPassword`, `unavailable`
   */
  setPassword(
    userId: string,
    password: string,
    by: ChangedBy,
    options?: Pick<SetPasswordOptions, 'mustChange'>,
  ): Promise<void>
  /** @throws {Refusal} as `update` */
  disable(userId: string, by: ChangedBy): Promise<void>
  /** Lets a disabled user log in again; ended sessions stay ended. */
  enable(userId: string, by: ChangedBy): Promise<void>
  /**
   * Makes an account belong to a person of a directory: only the password there counts from now on. Ends the sessions.
   * @throws {Refusal} `not_found`, `taken` (`source`), `unavailable`
   */
  link(userId: string, origin: AccountOrigin, by: ChangedBy): Promise<void>
  /** Lifts a lock after too many wrong passwords. @throws {Refusal} `not_found` */
  unlock(userId: string, by: ChangedBy): Promise<void>
  /** @throws {Refusal} `not_found`, `conflict` for the last active administrator and for oneself */
  remove(userId: string, by: ChangedBy): Promise<void>
  /**
   * Ends the sessions after another change has revoked the user's tokens, such as a change of their team.
   * @param change of role or extension, for the security log
   * @throws {Refusal} `unavailable`; the tokens are revoked nevertheless, once the revocation is published
   */
  endOutdatedSessions(userId: string, by: ChangedBy, change?: UserChange): Promise<void>
  /** @throws {Refusal} as `UserStore.update`, and `input_invalid`, `unavailable` */
  update(userId: string, change: UserChange, by: ChangedBy, options?: UpdateOptions): Promise<User>
}

export interface AccountAdminNeeds {
  accounts: Pick<Accounts, 'prepare'>
  users: Pick<UserStore, 'add' | 'find' | 'setPassword' | 'link' | 'remove' | 'update' | 'unlock'>
  passwords: Pick<NewPasswords, 'hash'>
  sessions: Pick<Sessions, 'endAll'>
  revocationPublisher: RevocationPublisher
  securityLog: SecurityLog
  policy: () => ExtensionRules
  now: () => number
  /** The longest lifetime of any token, in seconds. */
  longestLifetime: number
}

export function createAccountAdmin(needs: AccountAdminNeeds): AccountAdmin {
  const { users, passwords, sessions, revocationPublisher, securityLog, policy, now, longestLifetime } = needs
  const revokeUntil = () => toUnixSeconds(now()) + longestLifetime

  // The new generation revokes every token, also one that is being issued now. The sessions are ended one by one for the
  // list of sessions and for their refresh tokens.
  const endAll = (userId: string, reason: SessionEndReason, by: ChangedBy) =>
    sessions.endAll(userId, { reason, ...by })

  /** @throws {Refusal} `not_found` */
  async function requireUser(userId: string): Promise<User> {
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    return user
  }

  /** The store checks it again when it writes. @throws {Refusal} `forbidden`, `not_found` */
  async function requireManageable(userId: string, { actorId }: ChangedBy, newRole?: Role): Promise<void> {
    if (serviceIdOfSubject(actorId) === undefined) return
    for (const role of [newRole, (await requireUser(userId)).role]) requireServiceMayManage(actorId, role)
  }

  const update: AccountAdmin['update'] = async (userId, change, by, options) => {
    const checked = validateAccountUpdate(change, policy())
    await requireManageable(userId, by, checked.role)
    if (Object.values(checked).every((value) => value === undefined)) return requireUser(userId)
    const { user, revocation } = await users.update(userId, checked, revokeUntil(), {
      ...options,
      actorId: by.actorId,
    })
    securityLog.write({
      event: 'user_updated',
      userId,
      target: user.username,
      changes: describeValues(checked),
      ...by,
    })
    if (revocation !== undefined) {
      await revocationPublisher.publish(revocation)
      await endAll(userId, change.disabled === true ? 'disabled' : 'changed', by)
    }
    return user
  }

  return {
    update,
    async add(account, by, options) {
      requireServiceMayManage(by.actorId, account.role)
      const prepared = await needs.accounts.prepare(account, by.address)
      const user = await users.add(prepared, { ...options, actorId: by.actorId })
      const { role, extension, email, mustChangePassword } = user
      const must_change = mustChangePassword || undefined
      const changes = describeValues({ role, extension, email, must_change })
      securityLog.write({ event: 'user_created', userId: user.id, target: user.username, changes, ...by })
      return user
    },
    async setPassword(userId, password, by, { mustChange = false } = {}) {
      await requireManageable(userId, by)
      const user = await requireUser(userId)
      requireLocalPassword(user)
      const passwordHash = await passwords.hash(password, user)
      const entry = await users.setPassword(userId, passwordHash, revokeUntil(), {
        actorId: by.actorId,
        mustChange,
      })
      securityLog.write({
        event: 'authn_password_change',
        userId,
        target: user.username,
        ...(mustChange ? { changes: 'must_change=true' } : {}),
        ...by,
      })
      await revocationPublisher.publish(entry)
      await endAll(userId, 'password', by)
    },
    async disable(userId, by) {
      await update(userId, { disabled: true }, by)
    },
    async enable(userId, by) {
      await update(userId, { disabled: false }, by)
    },
    async link(userId, { source, sourceId }, by) {
      await requireManageable(userId, by)
      const { username: target } = await requireUser(userId)
      const origin = { source, sourceId, passwordAuthority: 'directory' as const }
      const entry = await users.link(userId, origin, revokeUntil(), by)
      securityLog.write({
        event: 'user_linked',
        ...{ userId, target, changes: describeValues({ source, source_id: sourceId }), ...by },
      })
      await revocationPublisher.publish(entry)
      await endAll(userId, 'changed', by)
    },
    async unlock(userId, by) {
      const { username: target } = await requireUser(userId)
      await users.unlock(userId, by)
      securityLog.write({ event: 'user_unlocked', userId, target, ...by })
    },
    async endOutdatedSessions(userId, by, change = {}) {
      if (Object.keys(change).length > 0) {
        const { username: target } = await requireUser(userId)
        securityLog.write({ event: 'user_updated', userId, target, changes: describeValues(change), ...by })
      }
      await endAll(userId, 'changed', by)
    },
    async remove(userId, by) {
      if (by.actorId === userId) {
        throw new Refusal('conflict', {
          detail: 'you cannot delete your own account: ask another administrator',
        })
      }
      await requireManageable(userId, by)
      // Refused for the last administrator, before their sessions end.
      const { user, revocation } = await users.update(userId, { disabled: true }, revokeUntil(), {
        actorId: by.actorId,
      })
      if (revocation !== undefined) await revocationPublisher.publish(revocation)
      await endAll(userId, 'disabled', by)
      await revocationPublisher.publish(await users.remove(userId, revokeUntil(), by))
      securityLog.write({ event: 'user_deleted', userId, target: user.username, ...by })
    },
  }
}

/** For the security log: `role=admin extension=none`. */
export const describeValues = (
  values: Readonly<Record<string, string | boolean | null | undefined>>,
): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value ?? 'none'}`]))
    .join(' ')
