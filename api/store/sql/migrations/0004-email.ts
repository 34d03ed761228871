import { type Kysely, sql } from 'kysely'

/** Where a user can be written to; no two users share an address, whatever its case. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('users').addColumn('email', 'text').execute()
  await db.schema.alterTable('users').addColumn('email_folded', 'text').execute()
  await sql`create unique index users_email_folded on users (email_folded)`.execute(db)
  // Who logged in when, for lists of users: sessions that are over count as well.
  await sql`create index sessions_logins on sessions (user_id, created_at)`.execute(db)
}
