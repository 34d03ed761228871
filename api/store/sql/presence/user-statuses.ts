import type { Kysely } from 'kysely'
import type { UserStatus, UserStatusStore } from '../../../core/presence/user-status-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** The newest status of each user wins, in whatever order they arrive. */
export function createUserStatusStore(db: Database): UserStatusStore {
  return {
    set: (userId, status, at) => upsertUserStatus(db.query, userId, status, at),

    async all() {
      const rows = await db.query.selectFrom('user_statuses').selectAll().execute()
      return new Map(rows.map((row) => [String(row.user_id), { status: row.status, at: row.set_at }]))
    },
  }
}

/** @param query the database or a transaction */
export async function upsertUserStatus(
  query: Kysely<Tables>,
  userId: string,
  status: UserStatus,
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
        .doUpdateSet((row) => ({
          status: row.ref('excluded.status'),
          set_at: row.ref('excluded.set_at'),
        }))
        .whereRef('user_statuses.set_at', '<=', 'excluded.set_at'),
    )
    .execute()
}
