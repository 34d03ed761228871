import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** The security log in SQL, names of people beside their usernames, and invitations with an id and an extension. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('security_events'))
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    // No foreign key: the events of a deleted user stay.
    .addColumn('user_id', 'bigint')
    // The id of a user, or `cli`.
    .addColumn('actor_id', 'text')
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('session_id', 'text')
    .addColumn('detail_json', 'text', (column) => column.notNull())
    // What a search by text reads, in lower case.
    .addColumn('search_text', 'text', (column) => column.notNull())
    .execute()
  for (const index of [
    'index security_events_time on security_events (at, id)',
    'index security_events_event on security_events (event, at)',
    'index security_events_user on security_events (user_id, at)',
  ])
    await sql`create ${sql.raw(index)}`.execute(db)

  await db.schema.alterTable('users').addColumn('display_name', 'text').execute()

  await db.schema.alterTable('invitations').addColumn('id', 'text').execute()
  await db.schema.alterTable('invitations').addColumn('extension', 'text').execute()
  // The hash changes with each mail, so it is no id.
  await sql`update invitations set id = substr(hash, 1, 22)`.execute(db)
  await sql`create unique index invitations_id on invitations (id)`.execute(db)
}
