import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** Accounts that wait for their address to be proved, mail that waits to be sent, and what the invited become. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('registrations'))
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('email', 'text', (column) => column.notNull())
    .addColumn('email_folded', 'text', (column) => column.notNull().unique())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    // What the agent is to be called.
    .addColumn('name', 'text', (column) => column.notNull())
    // Of the last mail's link; null until one was sent.
    .addColumn('token_hash', 'text', (column) => column.unique())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()

  // No secret waits here: a link's token is made when its mail is sent, and only its hash is kept.
  await withId(db, db.schema.createTable('mails'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('recipient', 'text', (column) => column.notNull())
    // The hash of the invitation it brings.
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
