import { type Kysely, sql } from 'kysely'

/**
 * Every name by which an account can be found, once: usernames, extensions and addresses share one namespace. Of equal
 * names of two accounts the extension's owner gets it, then the username's; the rows of the accounts stay.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('account_names')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index account_names_user on account_names (user_id)`.execute(db)
  // Extensions are ASCII, so both engines lower them alike. Those in `extensions` are reserved for a user.
  const sources = [
    sql`select lower(extension), id from users where extension is not null order by id`,
    sql`select lower(extension), user_id from extensions where user_id is not null order by extension`,
    sql`select username_folded, id from users where true order by id`,
    sql`select email_folded, id from users where email_folded is not null order by id`,
  ]
  for (const source of sources) {
    await sql`insert into account_names (name, user_id) ${source} on conflict do nothing`.execute(db)
  }
}
