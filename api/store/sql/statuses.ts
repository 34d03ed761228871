import type { StatusStore } from '../../core/presence/status.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'

/** The newest word of each person stays, in whatever order they come. */
export function createStatusStore(db: Database): StatusStore {
  return {
    async set(userId, status, at) {
      const user = rowId(userId)
      if (user === undefined) throw new TypeError('a status belongs to a user id')
      await db.query
        .insertInto('user_statuses')
        .values({ user_id: user, status, set_at: at })
        .onConflict((known) =>
          known
            .column('user_id')
            .doUpdateSet((told) => ({
              status: told.ref('excluded.status'),
              set_at: told.ref('excluded.set_at'),
            }))
            .whereRef('user_statuses.set_at', '<=', 'excluded.set_at'),
        )
        .execute()
    },

    async all() {
      const rows = await db.query.selectFrom('user_statuses').selectAll().execute()
      return new Map(rows.map((row) => [String(row.user_id), { status: row.status, at: row.set_at }]))
    },
  }
}
