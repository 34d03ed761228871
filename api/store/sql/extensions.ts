import type { Kysely, Selectable, Transaction, Updateable } from 'kysely'
import type {
  Extension,
  ExtensionRange,
  ExtensionStore,
  Reservation,
} from '../../core/onboarding/extensions.ts'
import { Refusal } from '../../core/refusal.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'
import { UniqueViolation } from './fault.ts'
import type { ExtensionsTable, Tables } from './tables.ts'
import { insertUser, taken } from './users.ts'

/** How often others may be faster before we say that it does not work. */
const MOST_TRIES = 200

type Place = Pick<Reservation, 'seal' | 'range' | 'now' | 'restedBefore'> & { mark: string }

/** Numbers are given out once: the primary key decides between processes, and whoever loses takes the next. */
export function createExtensionStore(db: Database): ExtensionStore {
  /** @param make what else must hold or nothing does; gets the number */
  async function give<T>(
    place: Place,
    make: (trx: Transaction<Tables>, extension: string) => Promise<T>,
  ): Promise<T> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const free = await freeIn(db.query, place)
      if (free.length === 0) {
        throw new Refusal('unavailable', { detail: 'no extension is free', retryAfter: 600 })
      }
      // The lowest; where many ask at once, each soon asks for another.
      const extension = free[Math.floor(Math.random() * Math.min(free.length, 1 + tries * 4))] ?? ''
      try {
        return await db.transaction((trx) => make(trx, extension))
      } catch (err) {
        if (!(err instanceof UniqueViolation)) throw err
        if (!isOfNumber(err)) throw taken(err)
      }
    }
    throw new Refusal('unavailable', { detail: 'too many register at once', retryAfter: 2 })
  }

  async function take(
    trx: Transaction<Tables>,
    extension: string,
    userId: number | null,
    { mark, seal, now, restedBefore }: Place,
  ): Promise<Extension> {
    await trx
      .deleteFrom('extensions')
      .where('extension', '=', extension)
      .where('state', '=', 'resting')
      .where('changed_at', '<', restedBefore)
      .execute()
    const row = await trx
      .insertInto('extensions')
      .values({
        extension,
        state: 'providing',
        user_id: userId,
        mark,
        sealed_secret: seal(extension),
        auth_username: null,
        attempts: 0,
        last_error: null,
        next_try_at: now,
        changed_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return toExtension(row)
  }

  const list = (rows: Selectable<ExtensionsTable>[]) => rows.map(toExtension)

  return {
    reserve: ({ user, ...place }) =>
      give(place, async (trx, extension) => {
        const made = await insertUser(trx, { ...user, extension }, place.now)
        return { user: made, extension: await take(trx, extension, rowId(made.id) ?? null, place) }
      }),

    replace: (known, next) =>
      give({ ...next, mark: known.mark }, async (trx, extension) => {
        const userId = known.userId === null ? null : (rowId(known.userId) ?? null)
        await trx
          .updateTable('extensions')
          .set({ state: 'foreign', user_id: null, changed_at: next.now })
          .where('extension', '=', known.extension)
          .execute()
        if (userId !== null) {
          await trx.updateTable('users').set({ extension }).where('id', '=', userId).execute()
        }
        return take(trx, extension, userId, { ...next, mark: known.mark })
      }),

    async find(extension) {
      const row = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('extension', '=', extension)
        .executeTakeFirst()
      return row && toExtension(row)
    },
    async ofUser(userId) {
      const row = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('user_id', '=', rowId(userId) ?? 0)
        .executeTakeFirst()
      return row && toExtension(row)
    },

    async update({ extension, state, attempts }, change) {
      const row = await db.query
        .updateTable('extensions')
        .set(toRow(change))
        .where('extension', '=', extension)
        .where('state', '=', state)
        .where('attempts', '=', attempts)
        .returningAll()
        .executeTakeFirst()
      return row && toExtension(row)
    },

    undo: ({ extension, userId }, now) =>
      db.transaction(async (trx) => {
        const id = userId === null ? 0 : (rowId(userId) ?? 0)
        await trx.deleteFrom('sessions').where('user_id', '=', id).execute()
        await trx.deleteFrom('users').where('id', '=', id).execute()
        await trx
          .updateTable('extensions')
          .set({ state: 'resting', user_id: null, changed_at: now })
          .where('extension', '=', extension)
          .execute()
      }),

    async due(now, limit) {
      const rows = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('state', 'in', ['providing', 'removing'])
        .where('next_try_at', '<=', now)
        .orderBy('next_try_at')
        .limit(limit)
        .execute()
      return list(rows)
    },
    async orphans(limit) {
      const rows = await db.query
        .selectFrom('extensions')
        .leftJoin('users', 'users.id', 'extensions.user_id')
        .selectAll('extensions')
        .where('extensions.state', 'in', ['providing', 'ready'])
        .where('users.id', 'is', null)
        .limit(limit)
        .execute()
      return list(rows)
    },
    async unsettled() {
      const rows = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('state', 'not in', ['ready', 'resting'])
        .orderBy('extension')
        .execute()
      return list(rows)
    },
  }
}

/** All numbers of the range that nobody has, and none that rests. */
async function freeIn(
  query: Kysely<Tables>,
  { range, restedBefore }: Pick<Place, 'range' | 'restedBefore'>,
): Promise<string[]> {
  const used = await query
    .selectFrom('extensions')
    .select('extension')
    .where((is) => is.or([is('state', '!=', 'resting'), is('changed_at', '>=', restedBefore)]))
    .union(
      query
        .selectFrom('users')
        .select('extension')
        .where('extension', 'is not', null)
        .$narrowType<{ extension: string }>(),
    )
    .execute()
  const taken = new Set(used.map(({ extension }) => extension))
  return numbersOf(range).filter((number) => !taken.has(number))
}

function numbersOf({ first, last }: ExtensionRange): string[] {
  const count = Math.max(0, Number(last) - Number(first) + 1)
  return Array.from({ length: count }, (_, n) => String(Number(first) + n).padStart(first.length, '0'))
}

/** Somebody was faster with the number, as the engines tell by the column, the index or the key. */
const isOfNumber = ({ cause }: UniqueViolation) =>
  /users[._]extension|extensions[._](extension|pkey)/.test(cause instanceof Error ? cause.message : '')

function toRow(change: Partial<Omit<Extension, 'extension'>>): Updateable<ExtensionsTable> {
  const { state, userId, mark, sealedSecret, authUsername, attempts, lastError, nextTryAt, changedAt } =
    change
  return Object.fromEntries(
    Object.entries({
      state,
      user_id: userId === undefined || userId === null ? userId : rowId(userId),
      mark,
      sealed_secret: sealedSecret,
      auth_username: authUsername,
      attempts,
      last_error: lastError,
      next_try_at: nextTryAt,
      changed_at: changedAt,
    }).filter(([, value]) => value !== undefined),
  )
}

function toExtension(row: Selectable<ExtensionsTable>): Extension {
  return {
    extension: row.extension,
    state: row.state,
    userId: row.user_id === null ? null : String(row.user_id),
    mark: row.mark,
    sealedSecret: row.sealed_secret,
    authUsername: row.auth_username,
    attempts: row.attempts,
    lastError: row.last_error,
    nextTryAt: row.next_try_at,
    changedAt: row.changed_at,
  }
}
