import type { Transaction } from 'kysely'
import type { ExtensionStore, NumberAssignment } from '../../../core/provisioning/extensions.ts'
import { Refusal } from '../../../core/refusal.ts'
import { claimNames, releaseNames } from '../auth/account-names.ts'
import {
  insertUser,
  queueUserChange,
  removeUser,
  rethrowConflict,
  toConflict,
  toUser,
} from '../auth/user-rows.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import { consumeInvitation, requireNotInvited, restoreInvitation } from '../registration/invitations.ts'
import type { Tables } from '../tables.ts'
import { insertExtension, quarantineExtension, toExtension, updateExtension } from './extension-rows.ts'
import { findFreeNumbers } from './free-numbers.ts'

/** Attempts while concurrent registrations take the chosen numbers. */
const MAX_ATTEMPTS = 200

/**
 * A number is assigned once: the primary key decides between processes, and the loser retries with another number.
 * @param isAssignable whether a number of the range may be assigned
 */
export function createExtensionStore(
  db: Database,
  isAssignable: (extension: string) => Promise<boolean> = async () => true,
): ExtensionStore {
  /** @param create runs in the same transaction as the choice of the number */
  async function assignNumber<T>(
    { range }: Pick<NumberAssignment, 'range'>,
    create: (trx: Transaction<Tables>, extension: string) => Promise<T>,
  ): Promise<T> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      try {
        return await db.transaction(async (trx) => {
          // The lowest number; after conflicts a random one of several, so that concurrent calls choose differently.
          const free = await findFreeNumbers(trx, { range, isAssignable }, 1 + attempts * 4)
          const extension = free[Math.floor(Math.random() * free.length)]
          if (extension === undefined) {
            throw new Refusal('unavailable', {
              detail: 'no extension is free',
              retryAfter: 600,
            })
          }
          return create(trx, extension)
        })
      } catch (err) {
        if (isNameConflict(err)) continue
        if (!(err instanceof UniqueViolation)) throw err
        if (!isNumberConflict(err)) throw toConflict(err)
      }
    }
    throw new Refusal('unavailable', { detail: 'too many register at once', retryAfter: 2 })
  }

  return {
    async reserve({ user, invitation, isByAdmin = false, ownershipTag, ...assignment }) {
      // An invitation may name the number, also one outside the range.
      const named = await findNamedExtension(db, invitation)
      const range = named === null ? assignment.range : { first: named, last: named }
      return assignNumber({ range }, async (trx, extension) => {
        const { now } = assignment
        if (!isByAdmin) await requireNotInvited(trx, user, now, invitation)
        const inserted = await insertUser(trx, { ...user, extension: null }, now, extension)
        const userId = Number(inserted.id)
        if (invitation !== undefined) {
          const isUsed = await consumeInvitation(trx, invitation, user.email ?? '', { userId, now })
          if (!isUsed) throw new Refusal('forbidden', { detail: 'the invitation was used meanwhile' })
        }
        return {
          user: inserted,
          extension: await insertExtension(trx, { extension, userId, ownershipTag, assignment }),
        }
      })
    },

    reassign: (known, oldState, assignment) =>
      assignNumber(assignment, async (trx, extension) => {
        const { now } = assignment
        const change = { state: oldState, userId: null, attempts: 0, nextTryAt: now, changedAt: now }
        if ((await updateExtension(trx, known, change)) === undefined) return undefined
        const userId = known.userId === null ? null : (rowId(known.userId) ?? null)
        if (userId !== null) await replaceExtensionName(trx, userId, extension)
        const { ownershipTag } = known
        return insertExtension(trx, { extension, userId, ownershipTag, assignment })
      }),

    markReady: (known, credentials, now) =>
      db
        .transaction(async (trx) => {
          const change = { ...credentials, state: 'ready', lastError: null, changedAt: now } as const
          const ready = await updateExtension(trx, known, change)
          if (ready === undefined) return undefined
          const userId = rowId(known.userId ?? '') ?? 0
          const { extension } = known
          const before = await trx
            .selectFrom('users')
            .select('extension')
            .where('id', '=', userId)
            .executeTakeFirst()
          if (before?.extension && before.extension !== extension)
            await quarantineExtension(trx, before.extension, userId, now)
          const user = await trx
            .updateTable('users')
            .set((user) => ({ extension, revision: user('revision', '+', 1) }))
            .where('id', '=', userId)
            .returningAll()
            .executeTakeFirst()
          if (user !== undefined) {
            await replaceExtensionName(trx, userId, extension)
            await queueUserChange(trx, toUser({ ...user, team: null }))
          }
          return ready
        })
        .catch(rethrowConflict),

    rollback: (known, { now, revokeUntil }) =>
      db.transaction(async (trx) => {
        const change = { state: 'deprovisioning', userId: null, nextTryAt: now, changedAt: now } as const
        const rolledBack = await updateExtension(trx, known, change)
        if (rolledBack === undefined || known.userId === null) return rolledBack
        await restoreInvitation(trx, rowId(known.userId) ?? 0)
        await removeUser(trx, known.userId, revokeUntil, now)
        return rolledBack
      }),

    async find(extension) {
      const row = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('extension', '=', extension)
        .executeTakeFirst()
      return row && toExtension(row)
    },
    async findByUser(userId) {
      const row = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('user_id', '=', rowId(userId) ?? 0)
        .executeTakeFirst()
      return row && toExtension(row)
    },

    update: (known, change) => updateExtension(db.query, known, change),

    async listDue(now, limit) {
      const rows = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('state', 'in', ['provisioning', 'deprovisioning'])
        .where('next_try_at', '<=', now)
        .orderBy('next_try_at')
        .limit(limit)
        .execute()
      return rows.map(toExtension)
    },
    async listOrphaned(limit) {
      const rows = await db.query
        .selectFrom('extensions')
        .leftJoin('users', 'users.id', 'extensions.user_id')
        .selectAll('extensions')
        .where('extensions.state', 'in', ['provisioning', 'ready'])
        .where('users.id', 'is', null)
        .limit(limit)
        .execute()
      return rows.map(toExtension)
    },
    async releaseQuarantined(before) {
      await db.query
        .deleteFrom('extensions')
        .where('state', '=', 'quarantined')
        .where('changed_at', '<', before)
        .execute()
    },
    async listUnfinished() {
      const rows = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('state', 'not in', ['ready', 'quarantined'])
        .orderBy('extension')
        .execute()
      return rows.map(toExtension)
    },
  }
}

/** The extension that an invitation names. */
async function findNamedExtension(db: Database, invitation: string | undefined): Promise<string | null> {
  if (invitation === undefined) return null
  const row = await db.query
    .selectFrom('invitations')
    .select('extension')
    .where('hash', '=', invitation)
    .executeTakeFirst()
  return row?.extension ?? null
}

/** Registers the extension as a name of the account, in place of the former extension. */
async function replaceExtensionName(
  trx: Transaction<Tables>,
  userId: number,
  extension: string,
): Promise<void> {
  const user = await trx
    .selectFrom('users')
    .select(['username', 'email'])
    .where('id', '=', userId)
    .executeTakeFirst()
  if (user === undefined) return
  await releaseNames(trx, userId, { ...user, extension })
  await claimNames(trx, userId, { extension })
}

/** The number was taken concurrently as a name of another account. */
const isNameConflict = (err: unknown) =>
  err instanceof Refusal && err.code === 'taken' && err.detail === 'extension'

/** The number was assigned concurrently: SQLite names the column, PostgreSQL the key. */
const isNumberConflict = ({ cause }: UniqueViolation) =>
  /extensions(\.extension|_pkey)\b/.test(cause instanceof Error ? cause.message : '')
