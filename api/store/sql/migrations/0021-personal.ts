import { type Kysely, sql } from 'kysely'
import { codepoints } from './codepoints.ts'

/** Calls in one statement of the update below. */
const PAGE = 500

/**
 * What a person's own screens need: language of users, favourites, the mark up to which missed calls were seen,
 * links that reset a password, and the text by which past calls are searched.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = codepoints(db)
  await db.schema.alterTable('users').addColumn('language', 'text').execute()
  // Apart from `revision`, which starts the counters of failed logins again: users change their own name.
  await db.schema
    .alterTable('users')
    .addColumn('profile_revision', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`create index users_profile_revision on users (profile_revision)`.execute(db)

  await db.schema
    .createTable('favourites')
    .addColumn('user_id', 'bigint', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('favourites_key', ['user_id', 'extension'])
    .execute()
  await db.schema
    .createTable('missed_call_marks')
    .addColumn('user_id', 'bigint', (column) =>
      column.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('seen_until', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('password_resets')
    .addColumn('user_id', 'bigint', (column) =>
      column.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('token_hash', 'text', (column) => column.notNull().unique())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()

  // Whether the party was called, and so may have missed the call. The caller of an earlier call is known by the number.
  await db.schema
    .alterTable('call_parties')
    .addColumn('called', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update call_parties set called = 1 where exists (select 1 from calls
    where calls.id = call_parties.call_id and calls.direction <> 'outgoing'
    and calls.from_number <> call_parties.extension)`.execute(db)

  await db.schema
    .alterTable('calls')
    .addColumn('search_text', text, (column) => column.notNull().defaultTo(''))
    .execute()
  await fillSearchText(db as Kysely<{ calls: Call }>)
}

interface Call {
  id: string
  from_number: string
  from_name: string
  to_number: string
  to_name: string
}

async function fillSearchText(db: Kysely<{ calls: Call }>): Promise<void> {
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('calls')
      .select(['id', 'from_number', 'from_name', 'to_number', 'to_name'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE)
      .execute()
    const last = page.at(-1)
    if (last === undefined) return
    const rows = page.map((call) => sql`(${call.id}, ${searchText(call)})`)
    await sql`with texts (id, search_text) as (values ${sql.join(rows)})
      update calls set search_text = (select texts.search_text from texts where texts.id = calls.id)
      where id in (select texts.id from texts)`.execute(db)
    after = last.id
  }
}

/** The form of `toSearchText` in the core at this release. */
const searchText = ({ from_number, from_name, to_number, to_name }: Call): string =>
  [from_number, from_name, to_number, to_name].join('\n').normalize('NFC').toLowerCase().normalize('NFC')
