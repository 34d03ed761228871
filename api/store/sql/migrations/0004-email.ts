import { type Kysely, sql } from 'kysely'

/** Email addresses of users, unique without regard to case. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('users').addColumn('email', 'text').execute()
  await db.schema.alterTable('users').addColumn('email_folded', 'text').execute()
  await sql`create unique index users_email_folded on users (email_folded)`.execute(db)
  // For the last login in lists of users: ended sessions count too.
  await sql`create index sessions_logins on sessions (user_id, created_at)`.execute(db)
}
