import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AppPasswords } from '../password-check.ts'
import type { PendingRevocations } from '../revocations.ts'
import type { SecurityLog } from '../security-log.ts'
import type { UserStore } from '../users.ts'
import type { AppPassword, AppPasswordStore } from './app-password-store.ts'
import type { OwnedBy, OwnerCheck } from './factor-owner.ts'
import { hashGroups, normalizeGroups, randomGroups } from './random-groups.ts'

const PREFIX = 'hsapp-'
/** 120 random bits. */
const GROUPS = 6
const FORM = /^hsapp(-[a-z2-7]{4}){6}$/
export const MAX_APP_PASSWORDS = 50
/** How exact the time of the last use is. */
const TOUCH_AFTER_S = 60

/** The passwords of a person's devices, as that person manages them. */
export interface OwnAppPasswords {
  list(userId: string): Promise<AppPassword[]>
  /**
   * @returns the password, which is stored as a hash alone
   * @throws {Refusal} as `OwnerCheck`, `conflict` at the limit
   */
  create(by: OwnedBy, name: string, currentPassword: string): Promise<AppPassword & { password: string }>
  /**
   * Revokes one, and ends the sessions that it opened, with their tokens and streams.
   * @throws {Refusal} `not_found`, `forbidden` in a session that an app password opened, `token_revoked`, `unavailable`
   */
  revoke(by: OwnedBy, id: string): Promise<void>
}

export interface AppPasswordsNeeds {
  users: Pick<UserStore, 'find'>
  store: AppPasswordStore
  checkOwner: OwnerCheck
  revocations: PendingRevocations
  /** Deletes what Redis holds for the refresh tokens of a session. */
  deleteRefreshState(sessionId: string): Promise<void>
  securityLog: SecurityLog
  now: () => number
}

/** Verifies app passwords at a login. */
export function createAppPasswordCheck(
  store: Pick<AppPasswordStore, 'find' | 'touch'>,
  now: () => number,
): AppPasswords {
  return {
    isAppPassword: (text) => FORM.test(normalizeGroups(text)),
    async verify(userId, text) {
      const found = await store.find(userId, hashGroups(text))
      if (found === undefined) return undefined
      const atS = toUnixSeconds(now())
      if ((found.lastUsedAt ?? 0) + TOUCH_AFTER_S <= atS) await store.touch(found.id, atS)
      return found.id
    },
  }
}

export function createAppPasswords(needs: AppPasswordsNeeds): OwnAppPasswords {
  const { users, store, checkOwner, revocations, deleteRefreshState, securityLog, now } = needs
  return {
    list: store.list,
    async create(by, name, currentPassword) {
      const { owner, username } = await checkOwner(by, currentPassword)
      const password = `${PREFIX}${randomGroups(GROUPS)}`
      const atS = toUnixSeconds(now())
      const added = await store.add(owner, { name, hash: hashGroups(password), atS }, MAX_APP_PASSWORDS)
      securityLog.write({
        event: 'app_password_created',
        userId: owner.userId,
        target: username,
        changes: `name=${name}`,
        actorId: owner.userId,
        address: by.address,
      })
      return { ...added, password }
    },
    async revoke({ actor, address }, id) {
      const { userId, sessionId, claims } = actor
      const owner = { userId, sessionId, generation: claims.gen }
      const { name, ended } = await store.revoke(owner, id, toUnixSeconds(now())).catch(async (err) => {
        // An earlier request may have revoked it, and failed to publish the end of its sessions.
        if (err instanceof Refusal && err.code === 'not_found') await revocations.publishPending()
        throw err
      })
      const by = { actorId: userId, address }
      securityLog.write({
        event: 'app_password_revoked',
        userId,
        target: (await users.find(userId))?.username ?? '',
        changes: `name=${name}`,
        ...by,
      })
      for (const { key } of ended)
        securityLog.write({ event: 'session_ended', userId, sessionId: key, reason: 'ended_by_user', ...by })
      await revocations.publishPending()
      await Promise.all(ended.map(({ key }) => deleteRefreshState(key)))
    },
  }
}
