import { type Kysely, sql } from 'kysely'

/** SIP credentials that are lent to a browser for a while. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sip_loans')
    .addColumn('username', 'text', (column) => column.primaryKey().notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('user_id', 'bigint', (column) => column.notNull())
    .addColumn('session_id', 'text', (column) => column.notNull())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index sip_loans_extension on sip_loans (extension)`.execute(db)
  await sql`create index sip_loans_end on sip_loans (expires_at)`.execute(db)
}
