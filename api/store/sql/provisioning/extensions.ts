import type { Transaction } from 'kysely'
import type {
  ExtensionRange,
  ExtensionStore,
  NumberAssignment,
} from '../../../core/provisioning/extensions.ts'
import { Refusal } from '../../../core/refusal.ts'
import { claimNames, releaseNames } from '../auth/account-names.ts'
import { insertUser, removeUser, rethrowConflict, toConflict } from '../auth/user-rows.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import { consumeInvitation, requireNotInvited, restoreInvitation } from '../registration/invitations.ts'
import type { Tables } from '../tables.ts'
import { insertExtension, quarantineExtension, toExtension, updateExtension } from './extension-rows.ts'

/** How often others may be faster before we say that it does not work. */
const MAX_ATTEMPTS = 200

/**
 * Numbers are given out once: the primary key decides between processes, and whoever loses takes the next.
 * @param isFit whether a number of the range may be given out
 */
export function createExtensionStore(
  db: Database,
  isFit: (extension: string) => Promise<boolean> = async () => true,
): ExtensionStore {
  /** @param create what else must hold or nothing does; gets the number */
  async function assignNumber<T>(
    { range }: Pick<NumberAssignment, 'range'>,
    create: (trx: Transaction<Tables>, extension: string) => Promise<T>,
  ): Promise<T> {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      try {
        return await db.transaction(async (trx) => {
          // The lowest; where many ask at once, each soon asks for another.
          const free = await findFreeNumbers(trx, { range, isFit }, 1 + attempts * 4)
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
    reserve: ({ user, invitation, ownershipTag, ...place }) =>
      assignNumber(place, async (trx, extension) => {
        const { now } = place
        await requireNotInvited(trx, user, now, invitation)
        const made = await insertUser(trx, { ...user, extension: null }, now, extension)
        const userId = Number(made.id)
        if (invitation !== undefined) {
          const isUsed = await consumeInvitation(trx, invitation, user.email ?? '', { userId, now })
          if (!isUsed) throw new Refusal('forbidden', { detail: 'the invitation was used meanwhile' })
        }
        return {
          user: made,
          extension: await insertExtension(trx, { extension, userId, mark: ownershipTag, place }),
        }
      }),

    reassign: (known, left, next) =>
      assignNumber(next, async (trx, extension) => {
        const { now } = next
        const change = { state: left, userId: null, attempts: 0, nextTryAt: now, changedAt: now }
        if ((await updateExtension(trx, known, change)) === undefined) return undefined
        const userId = known.userId === null ? null : (rowId(known.userId) ?? null)
        if (userId !== null) await replaceExtensionName(trx, userId, extension)
        return insertExtension(trx, { extension, userId, mark: known.ownershipTag, place: next })
      }),

    markReady: (known, made, now) =>
      db
        .transaction(async (trx) => {
          const change = { ...made, state: 'ready', lastError: null, changedAt: now } as const
          const settled = await updateExtension(trx, known, change)
          if (settled === undefined) return undefined
          const userId = rowId(known.userId ?? '') ?? 0
          const { extension } = known
          const before = await trx
            .selectFrom('users')
            .select('extension')
            .where('id', '=', userId)
            .executeTakeFirst()
          if (before?.extension && before.extension !== extension)
            await quarantineExtension(trx, before.extension, userId, now)
          const { numUpdatedRows } = await trx
            .updateTable('users')
            .set((user) => ({ extension, revision: user('revision', '+', 1) }))
            .where('id', '=', userId)
            .executeTakeFirst()
          if (numUpdatedRows > 0n) await replaceExtensionName(trx, userId, extension)
          return settled
        })
        .catch(rethrowConflict),

    rollback: (known, { now, revokeUntil }) =>
      db.transaction(async (trx) => {
        const freed = { state: 'removing', userId: null, nextTryAt: now, changedAt: now } as const
        const undone = await updateExtension(trx, known, freed)
        if (undone === undefined || known.userId === null) return undone
        await restoreInvitation(trx, rowId(known.userId) ?? 0)
        await removeUser(trx, known.userId, revokeUntil, now)
        return undone
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
        .where('state', 'in', ['providing', 'removing'])
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
        .where('extensions.state', 'in', ['providing', 'ready'])
        .where('users.id', 'is', null)
        .limit(limit)
        .execute()
      return rows.map(toExtension)
    },
    async releaseQuarantined(before) {
      await db.query
        .deleteFrom('extensions')
        .where('state', '=', 'resting')
        .where('changed_at', '<', before)
        .execute()
    },
    async listUnfinished() {
      const rows = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('state', 'not in', ['ready', 'resting'])
        .orderBy('extension')
        .execute()
      return rows.map(toExtension)
    },
  }
}

/** The extension becomes a name of the account, in place of an earlier one. */
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

/** The lowest numbers of the range that nobody has or is called, and that do not rest. */
async function findFreeNumbers(
  trx: Transaction<Tables>,
  { range, isFit }: { range: ExtensionRange; isFit: (extension: string) => Promise<boolean> },
  max: number,
): Promise<string[]> {
  const used = await trx
    .selectFrom('extensions')
    .select('extension')
    .union(
      trx
        .selectFrom('users')
        .select('extension')
        .where('extension', 'is not', null)
        .$narrowType<{ extension: string }>(),
    )
    .union(
      trx
        .selectFrom('account_names')
        .select('name as extension')
        .where((is) => is(is.fn('length', ['name']), '=', range.first.length)),
    )
    .union(
      trx
        .selectFrom('users')
        .select('username_folded as extension')
        .where((is) => is(is.fn('length', ['username_folded']), '=', range.first.length)),
    )
    .execute()
  const known = new Set(used.map(({ extension }) => extension))
  const free: string[] = []
  for (let n = Number(range.first); n <= Number(range.last) && free.length < max; n += 1) {
    const number = String(n).padStart(range.first.length, '0')
    if (!known.has(number) && (await isFit(number))) free.push(number)
  }
  return free
}

/** Somebody was faster with the number, as a name. */
const isNameConflict = (err: unknown) =>
  err instanceof Refusal && err.code === 'taken' && err.detail === 'extension'

/** Somebody was faster with the number: SQLite tells the column, PostgreSQL the key. */
const isNumberConflict = ({ cause }: UniqueViolation) =>
  /extensions(\.extension|_pkey)\b/.test(cause instanceof Error ? cause.message : '')
