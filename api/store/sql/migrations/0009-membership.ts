import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** Registrations with an unverified address, queued mails, and role and team of invited accounts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('registrations'))
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('email_folded', 'text', (column) => column.notNull().unique())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    // The agent's name.
    .addColumn('name', 'text', (column) => column.notNull())
    // Of the last mail's link; null until a mail was sent.
    .addColumn('token_hash', 'text', (column) => column.unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()

  // No secret is queued: a link's token is created when its mail is sent, and only its hash is stored.
  await withId(db, db.schema.createTable('mails'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('recipient', 'text', (column) => column.notNull())
    // The hash of the invitation that it contains.
    .addColumn('about', 'text')
    .addColumn('tries', 'bigint', (column) => column.notNull())
    .addColumn('next_try_at', 'bigint', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index mails_due on mails (next_try_at, id)`.execute(db)

  await db.schema.alterTable('invitations').addColumn('role', 'text').execute()
  await db.schema.alterTable('invitations').addColumn('team', 'text').execute()
}
