import { type Kysely, sql } from 'kysely'
import { codepoints } from './codepoints.ts'

/** SIP credentials that are lent to a browser for a while. */
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
  // Of one extension only one is made or taken away at a time: the PBX keeps them in one list.
  await sql`create unique index sip_loans_motion on sip_loans (extension) where state <> 'lent'`.execute(db)
}
