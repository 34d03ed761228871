import type { Transaction } from 'kysely'
import type { Barring, DoNotCall } from '../../../core/call-center/leads/do-not-call.ts'
import { storable } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** Numbers of one statement: each is looked for in some ten spellings, and both engines take that many parameters. */
const AT_ONCE = 500

export function createDoNotCall(db: Database): DoNotCall {
  return {
    async has(spellings) {
      const known = spellings.filter(storable)
      if (known.length === 0) return false
      const row = await db.query
        .selectFrom('do_not_call')
        .select('number')
        .where('number', 'in', known)
        .executeTakeFirst()
      return row !== undefined
    },

    add: (numbers, reason, now) =>
      db.transaction((trx) =>
        bar(
          trx,
          numbers.map((spellings) => ({ spellings, reason })),
          now,
        ),
      ),

    async remove(spellings) {
      const known = spellings.filter(storable)
      if (known.length === 0) return false
      const rows = await db.query
        .deleteFrom('do_not_call')
        .where('number', 'in', known)
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

/** Onto the do-not-call list; what is there in any spelling stays as it is. @returns how many are new */
export async function bar(
  trx: Transaction<Tables>,
  numbers: readonly Barring[],
  now: number,
): Promise<number> {
  let added = 0
  for (let n = 0; n < numbers.length; n += AT_ONCE) {
    const some = numbers.slice(n, n + AT_ONCE)
    const listed = await trx
      .selectFrom('do_not_call')
      .select('number')
      .where(
        'number',
        'in',
        some.flatMap(({ spellings }) => spellings),
      )
      .execute()
    const there = new Set(listed.map(({ number }) => number))
    const fresh = some.filter(({ spellings }) => !spellings.some((one) => there.has(one)))
    if (fresh.length === 0) continue
    const rows = await trx
      .insertInto('do_not_call')
      .values(fresh.map(({ spellings: [number], reason }) => ({ number, reason, added_at: now })))
      .onConflict((known) => known.doNothing())
      .returning('number')
      .execute()
    added += rows.length
  }
  return added
}
