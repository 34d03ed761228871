import type { Selectable } from 'kysely'
import type { PlacedCall, PlacedCallStore } from '../../../core/calls/call-history.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { PlacedCallsTable } from '../tables-calls.ts'

/** `finish` never overwrites an outcome. */
export function createPlacedCallStore(db: Database): PlacedCallStore {
  return {
    async add({ id, userId, number, createdAt, outcome }) {
      const user = rowId(userId)
      if (user === undefined) throw new TypeError('a call is placed for a user id')
      await db.query
        .insertInto('placed_calls')
        .values({ id, user_id: user, number, created_at: createdAt, outcome })
        .execute()
    },

    async finish(id, outcome) {
      await db.query
        .updateTable('placed_calls')
        .set({ outcome })
        .where('id', '=', id)
        .where('outcome', 'is', null)
        .execute()
    },

    async find(id) {
      if (!isStorable(id)) return undefined
      const row = await db.query
        .selectFrom('placed_calls')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row && toPlacedCall(row)
    },

    async unfinished(createdBefore) {
      const rows = await db.query
        .selectFrom('placed_calls')
        .selectAll()
        .where('outcome', 'is', null)
        .where('created_at', '<', createdBefore)
        .orderBy('created_at')
        .execute()
      return rows.map(toPlacedCall)
    },
  }
}

function toPlacedCall(row: Selectable<PlacedCallsTable>): PlacedCall {
  return {
    id: row.id,
    userId: String(row.user_id),
    number: row.number,
    createdAt: row.created_at,
    outcome: row.outcome,
  }
}
