import { type Kysely, sql } from 'kysely'
import { codepoints } from './codepoints.ts'

/**
 * Ended calls, calls placed through the API, and user statuses. None of them references `users`: ids are never reused,
 * and the history outlives its users.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = codepoints(db)
  await db.schema
    .createTable('calls')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('direction', 'text', (column) => column.notNull())
    .addColumn('from_number', text, (column) => column.notNull())
    .addColumn('from_name', 'text', (column) => column.notNull())
    .addColumn('to_number', text, (column) => column.notNull())
    .addColumn('to_name', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('answered_at', 'bigint')
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .addColumn('duration', 'bigint', (column) => column.notNull())
    .addColumn('billable', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('cause', 'bigint')
    .addColumn('recording', 'text')
    .execute()
  await sql`create index calls_time on calls (started_at, id)`.execute(db)
  await sql`create index calls_from on calls (from_number)`.execute(db)
  await sql`create index calls_to on calls (to_number)`.execute(db)

  // With the time, so that one user's calls are read newest first from one index.
  await db.schema
    .createTable('call_parties')
    .addColumn('call_id', text, (column) => column.notNull().references('calls.id').onDelete('cascade'))
    .addColumn('user_id', 'bigint', (column) => column.notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('call_parties_key', ['call_id', 'user_id', 'extension'])
    .execute()
  await sql`create index call_parties_user on call_parties (user_id, started_at, call_id)`.execute(db)

  await db.schema
    .createTable('dialled_calls')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'bigint', (column) => column.notNull())
    .addColumn('number', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .execute()
  // Nearly all have an outcome: this index holds the few that do not.
  await sql`create index dialled_waiting on dialled_calls (created_at) where outcome is null`.execute(db)

  await db.schema
    .createTable('user_statuses')
    .addColumn('user_id', 'bigint', (column) => column.primaryKey().notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('set_at', 'bigint', (column) => column.notNull())
    .execute()
}
