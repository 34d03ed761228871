import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** Agents of the call center: people, and AI agents, which have no user. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('agents'))
    // Not a reference: the history of an agent outlives its user.
    .addColumn('user_id', 'bigint', (column) => column.unique())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('team', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('status_at', 'bigint', (column) => column.notNull())
    .addColumn('free_from', 'bigint', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index agents_team on agents (team, id)`.execute(db)
}
