import type { Kysely } from 'kysely'
import { withId } from './identity.ts'

/** Thresholds of the board, links for wallboards, and an index for the oldest lead that waits for its first call. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('board_thresholds')
    // Empty: of the board of all teams.
    .addColumn('team', 'text', (column) => column.primaryKey().notNull())
    .addColumn('body_json', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()

  await withId(db, db.schema.createTable('wallboards'))
    .addColumn('name', 'text', (column) => column.notNull())
    // Null: all teams.
    .addColumn('team', 'text')
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('hides_names', 'bigint', (column) => column.notNull())
    .addColumn('created_by', 'bigint', (column) =>
      column.notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint')
    .execute()
}
