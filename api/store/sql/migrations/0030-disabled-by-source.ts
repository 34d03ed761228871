import type { Kysely } from 'kysely'

/** Whether the source of an account disabled it, so that the source alone may enable it again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('disabled_by_source', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}
