import type { Transaction } from 'kysely'
import type { DoNotCall, DoNotCallEntry } from '../../../core/call-center/leads/do-not-call.ts'
import { isStorable } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** Each number has about ten spellings, each a parameter of the statement. */
const NUMBERS_PER_QUERY = 500

export function createDoNotCall(db: Database): DoNotCall {
  return {
    async has(spellings) {
      const storableNumbers = spellings.filter(isStorable)
      if (storableNumbers.length === 0) return false
      const row = await db.query
        .selectFrom('do_not_call')
        .select('number')
        .where('number', 'in', storableNumbers)
        .executeTakeFirst()
      return row !== undefined
    },

    add: (numbers, reason, now) =>
      db.transaction((trx) =>
        addToDoNotCall(
          trx,
          numbers.map((variants) => ({ variants, reason })),
          now,
        ),
      ),

    async remove(spellings) {
      const storableNumbers = spellings.filter(isStorable)
      if (storableNumbers.length === 0) return false
      const rows = await db.query
        .deleteFrom('do_not_call')
        .where('number', 'in', storableNumbers)
        .returning('number')
        .execute()
      return rows.length > 0
    },

    async list({ after = '', limit }) {
      const rows = await db.query
        .selectFrom('do_not_call')
        .selectAll()
        .where('number', '>', after)
        .orderBy('number')
        .limit(limit)
        .execute()
      return rows.map(({ number, reason, added_at }) => ({ number, reason, addedAt: added_at }))
    },
  }
}

/** Adds numbers to the list; a number that is listed in any spelling is not added again. @returns the number of new entries */
export async function addToDoNotCall(
  trx: Transaction<Tables>,
  numbers: readonly DoNotCallEntry[],
  now: number,
): Promise<number> {
  let added = 0
  for (const batch of chunks(numbers, NUMBERS_PER_QUERY)) {
    const listed = await trx
      .selectFrom('do_not_call')
      .select('number')
      .where(
        'number',
        'in',
        batch.flatMap(({ variants }) => variants),
      )
      .execute()
    const listedNumbers = new Set(listed.map(({ number }) => number))
    const unlisted = batch.filter(({ variants }) => !variants.some((one) => listedNumbers.has(one)))
    if (unlisted.length === 0) continue
    const rows = await trx
      .insertInto('do_not_call')
      .values(unlisted.map(({ variants: [number], reason }) => ({ number, reason, added_at: now })))
      .onConflict((known) => known.doNothing())
      .returning('number')
      .execute()
    added += rows.length
  }
  return added
}
