import type { Kysely } from 'kysely'
import type { OwnStatus, StatusStore } from '../../../core/presence/user-status-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** The newest word of each person stays, in whatever order they come. */
export function createStatusStore(db: Database): StatusStore {
  return {
    set: (userId, status, at) => putStatus(db.query, userId, status, at),

    async all() {
      const rows = await db.query.selectFrom('user_statuses').selectAll().execute()
      return new Map(rows.map((row) => [String(row.user_id), { status: row.status, at: row.set_at }]))
    },
  }
}

/** @param query single, or a transaction's */
export async function putStatus(
  query: Kysely<Tables>,
  userId: string,
  status: OwnStatus,
  at: number,
): Promise<void> {
  const user = rowId(userId)
  if (user === undefined) throw new TypeError('a status belongs to a user id')
  await query
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
}
