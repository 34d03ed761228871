import type { DoNotCall } from '../../core/leads/do-not-call.ts'
import { storable } from './bind.ts'
import type { Database } from './database.ts'

/** Rows of one statement: both engines take that many parameters. */
const AT_ONCE = 500

export function createDoNotCall(db: Database): DoNotCall {
  return {
    async has(number) {
      if (!storable(number)) return false
      const row = await db.query
        .selectFrom('do_not_call')
        .select('number')
        .where('number', '=', number)
        .executeTakeFirst()
      return row !== undefined
    },

    async add(numbers, reason, now) {
      const all = [...new Set(numbers)]
      return db.transaction(async (trx) => {
        let added = 0
        for (let n = 0; n < all.length; n += AT_ONCE) {
          const rows = await trx
            .insertInto('do_not_call')
            .values(all.slice(n, n + AT_ONCE).map((number) => ({ number, reason, added_at: now })))
            .onConflict((known) => known.doNothing())
            .returning('number')
            .execute()
          added += rows.length
        }
        return added
      })
    },

    async remove(number) {
      if (!storable(number)) return false
      const row = await db.query
        .deleteFrom('do_not_call')
        .where('number', '=', number)
        .returning('number')
        .executeTakeFirst()
      return row !== undefined
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
