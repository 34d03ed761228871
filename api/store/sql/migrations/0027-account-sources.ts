import { type Kysely, sql } from 'kysely'

/** Where an account comes from, and where its password is verified. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const users = db.schema.alterTable('users')
  await users
    .addColumn('password_authority', 'text', (column) => column.notNull().defaultTo('local'))
    .execute()
  await users
    .addColumn('must_change_password', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await users.addColumn('source', 'text').execute()
  await users.addColumn('source_id', 'text').execute()
  await sql`create unique index users_source on users (source, source_id)`.execute(db)
}
