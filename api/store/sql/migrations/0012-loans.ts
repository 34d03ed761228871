import { type Kysely, sql } from 'kysely'
import { codepoints } from './codepoints.ts'

/** Temporary SIP credentials of browsers. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('sip_loans')
    .addColumn('id', codepoints(db), (column) => column.primaryKey().notNull())
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('mark', 'text', (column) => column.notNull())
    .addColumn('user_id', 'bigint', (column) => column.notNull())
    .addColumn('claims_json', 'text', (column) => column.notNull())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('busy_until', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index sip_loans_extension on sip_loans (extension)`.execute(db)
  await sql`create index sip_loans_end on sip_loans (expires_at)`.execute(db)
  // Per extension only one is created or removed at a time: the PBX keeps all of an extension in one list.
  await sql`create unique index sip_loans_motion on sip_loans (extension) where state <> 'lent'`.execute(db)
}
