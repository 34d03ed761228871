import type { Kysely, Selectable, Transaction, Updateable } from 'kysely'
import type { Extension, ExtensionRange, ExtensionStore, Place } from '../../core/onboarding/extensions.ts'
import { Refusal } from '../../core/refusal.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'
import { UniqueViolation } from './fault.ts'
import { giveInvitationBack, useInvitation } from './invitations.ts'
import type { ExtensionsTable, Tables } from './tables.ts'
import { insertUser, removeUser, taken } from './users.ts'

/** How often others may be faster before we say that it does not work. */
const MOST_TRIES = 200

/** Numbers are given out once: the primary key decides between processes, and whoever loses takes the next. */
export function createExtensionStore(db: Database): ExtensionStore {
  /** @param make what else must hold or nothing does; gets the number */
  async function give<T>(
    { range }: Pick<Place, 'range'>,
    make: (trx: Transaction<Tables>, extension: string) => Promise<T>,
  ): Promise<T> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      try {
        return await db.transaction(async (trx) => {
          const free = await freeIn(trx, range)
          // The lowest; where many ask at once, each soon asks for another.
          const extension = free[Math.floor(Math.random() * Math.min(free.length, 1 + tries * 4))]
          if (extension === undefined) {
            throw new Refusal('unavailable', { detail: 'no extension is free', retryAfter: 600 })
          }
          return make(trx, extension)
        })
      } catch (err) {
        if (!(err instanceof UniqueViolation)) throw err
        if (!isOfNumber(err)) throw taken(err)
      }
    }
    throw new Refusal('unavailable', { detail: 'too many register at once', retryAfter: 2 })
  }

  return {
    reserve: ({ user, invitation, mark, ...place }) =>
      give(place, async (trx, extension) => {
        const { now } = place
        const made = await insertUser(trx, { ...user, extension: null }, now)
        const userId = Number(made.id)
        if (invitation !== undefined) {
          const isUsed = await useInvitation(trx, invitation, user.email ?? '', { userId, now })
          if (!isUsed) throw new Refusal('forbidden', { detail: 'the invitation was used meanwhile' })
        }
        return { user: made, extension: await insert(trx, { extension, userId, mark, place }) }
      }),

    replace: (known, left, next) =>
      give(next, async (trx, extension) => {
        const { now } = next
        const change = { state: left, userId: null, attempts: 0, nextTryAt: now, changedAt: now }
        if ((await update(trx, known, change)) === undefined) return undefined
        const userId = known.userId === null ? null : (rowId(known.userId) ?? null)
        return insert(trx, { extension, userId, mark: known.mark, place: next })
      }),

    settle: (known, made, now) =>
      db
        .transaction(async (trx) => {
          const change = { ...made, state: 'ready', lastError: null, changedAt: now } as const
          const settled = await update(trx, known, change)
          if (settled === undefined) return undefined
          await trx
            .updateTable('users')
            .set({ extension: known.extension })
            .where('id', '=', rowId(known.userId ?? '') ?? 0)
            .execute()
          return settled
        })
        .catch((err) => {
          throw err instanceof UniqueViolation ? taken(err) : err
        }),

    undo: (known, { now, revokeUntil }) =>
      db.transaction(async (trx) => {
        const freed = { state: 'removing', userId: null, nextTryAt: now, changedAt: now } as const
        const undone = await update(trx, known, freed)
        if (undone === undefined || known.userId === null) return undone
        await giveInvitationBack(trx, rowId(known.userId) ?? 0)
        await removeUser(trx, known.userId, revokeUntil)
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
    async ofUser(userId) {
      const row = await db.query
        .selectFrom('extensions')
        .selectAll()
        .where('user_id', '=', rowId(userId) ?? 0)
        .executeTakeFirst()
      return row && toExtension(row)
    },

    update: (known, change) => update(db.query, known, change),

    async due(now, limit) {
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
    async orphans(limit) {
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
    async forgetRested(before) {
      await db.query
        .deleteFrom('extensions')
        .where('state', '=', 'resting')
        .where('changed_at', '<', before)
        .execute()
    },
    async unsettled() {
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

async function update(
  query: Kysely<Tables>,
  { extension, state, attempts }: Extension,
  change: Partial<Omit<Extension, 'extension'>>,
): Promise<Extension | undefined> {
  const row = await query
    .updateTable('extensions')
    .set(toRow(change))
    .where('extension', '=', extension)
    .where('state', '=', state)
    .where('attempts', '=', attempts)
    .returningAll()
    .executeTakeFirst()
  return row && toExtension(row)
}

async function insert(
  trx: Transaction<Tables>,
  {
    extension,
    userId,
    mark,
    place,
  }: { extension: string; userId: number | null; mark: string; place: Place },
): Promise<Extension> {
  const row = await trx
    .insertInto('extensions')
    .values({
      extension,
      state: 'providing',
      user_id: userId,
      mark,
      sealed_secret: place.seal(extension),
      auth_username: null,
      attempts: 0,
      last_error: null,
      next_try_at: place.nextTryAt,
      changed_at: place.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toExtension(row)
}

/** All numbers of the range that nobody has, and none that rests. */
async function freeIn(trx: Transaction<Tables>, range: ExtensionRange): Promise<string[]> {
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
    .execute()
  const known = new Set(used.map(({ extension }) => extension))
  return numbersOf(range).filter((number) => !known.has(number))
}

function numbersOf({ first, last }: ExtensionRange): string[] {
  const count = Math.max(0, Number(last) - Number(first) + 1)
  return Array.from({ length: count }, (_, n) => String(Number(first) + n).padStart(first.length, '0'))
}

/** Somebody was faster with the number: SQLite tells the column, PostgreSQL the key. */
const isOfNumber = ({ cause }: UniqueViolation) =>
  /extensions(\.extension|_pkey)\b/.test(cause instanceof Error ? cause.message : '')

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
