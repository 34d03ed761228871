import { type Kysely, sql } from 'kysely'

/** Extensions on the PBX from reservation to quarantine, and invitations. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('extensions')
    .addColumn('extension', 'text', (column) => column.primaryKey().notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    // Not a reference: an extension outlives its user until it is removed from the PBX.
    .addColumn('user_id', 'bigint')
    .addColumn('mark', 'text', (column) => column.notNull())
    .addColumn('sealed_secret', 'text', (column) => column.notNull())
    .addColumn('auth_username', 'text')
    .addColumn('attempts', 'bigint', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('next_try_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .execute()
  // Few of many are unfinished.
  await sql`create index extensions_due on extensions (next_try_at) where state in ('providing', 'removing')`.execute(
    db,
  )
  await sql`create unique index extensions_user on extensions (user_id) where user_id is not null`.execute(db)

  await db.schema
    .createTable('invitations')
    .addColumn('hash', 'text', (column) => column.primaryKey().notNull())
    .addColumn('email_folded', 'text')
    .addColumn('created_by', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_at', 'bigint')
    // Not a reference: it stays used after its user is deleted, unless the registration is rolled back.
    .addColumn('used_by', 'bigint')
    .execute()
}
