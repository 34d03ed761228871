import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** Receivers of events, the events that were sent to them, and the state of each delivery. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('webhook_endpoints'))
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('description', 'text', (column) => column.notNull())
    .addColumn('events_json', 'text', (column) => column.notNull())
    .addColumn('enabled', 'integer', (column) => column.notNull())
    // Why it was disabled by the API itself; null otherwise.
    .addColumn('disabled_reason', 'text')
    // Encrypted. The previous one also signs until it expires.
    .addColumn('secret_sealed', 'text', (column) => column.notNull())
    .addColumn('previous_sealed', 'text')
    .addColumn('previous_until', 'bigint')
    // Since then no attempt has succeeded; null while the last one did.
    .addColumn('failing_since', 'bigint')
    .addColumn('version', 'bigint', (column) => column.notNull())
    // No foreign key: an endpoint outlives its maker.
    .addColumn('created_by', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('webhook_messages')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index webhook_messages_age on webhook_messages (created_at)`.execute(db)

  // No foreign keys: an endpoint that is deleted meanwhile must not fail the transaction that stores a fact.
  await withId(db, db.schema.createTable('webhook_deliveries'))
    .addColumn('endpoint_id', 'bigint', (column) => column.notNull())
    .addColumn('message_id', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('tries', 'bigint', (column) => column.notNull())
    .addColumn('next_try_at', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    // Of the last attempt.
    .addColumn('tried_at', 'bigint')
    .addColumn('response_status', 'bigint')
    .addColumn('response_text', 'text')
    .addColumn('duration_ms', 'bigint')
    .addColumn('error', 'text')
    .addUniqueConstraint('webhook_deliveries_key', ['endpoint_id', 'message_id'])
    .execute()
  await sql`create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_try_at, id)
    where status = 'waiting'`.execute(db)
  await sql`create index webhook_deliveries_status on webhook_deliveries (endpoint_id, status, id)`.execute(
    db,
  )
  await sql`create index webhook_deliveries_age on webhook_deliveries (created_at)`.execute(db)
}
