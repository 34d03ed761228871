import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** What imports of accounts have written, and their plans. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('imported_values')
    .addColumn('user_id', 'bigint', (column) =>
      column.primaryKey().notNull().references('users.id').onDelete('cascade'),
    )
    .addColumn('values_json', 'text', (column) => column.notNull())
    .execute()

  await withId(db, db.schema.createTable('account_imports'))
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('is_scheduled', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('options_json', 'text', (column) => column.notNull())
    .addColumn('counts_json', 'text', (column) => column.notNull())
    .addColumn('new_disabled', 'integer', (column) => column.notNull())
    .addColumn('line_errors_json', 'text', (column) => column.notNull())
    .addColumn('is_mass_disable', 'integer', (column) => column.notNull())
    // Of all accounts when the plan was made.
    .addColumn('accounts_digest', 'text', (column) => column.notNull())
    .addColumn('total', 'bigint', (column) => column.notNull())
    .addColumn('done', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('failed', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('error', 'text')
    .addColumn('actor_id', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('account_import_items')
    .addColumn('import_id', 'bigint', (column) =>
      column.notNull().references('account_imports.id').onDelete('cascade'),
    )
    .addColumn('position', 'bigint', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('item_json', 'text', (column) => column.notNull())
    // Null: not applied, or not yet.
    .addColumn('outcome', 'text')
    .addColumn('detail', 'text')
    .addPrimaryKeyConstraint('account_import_items_key', ['import_id', 'position'])
    .execute()
  await sql`create index account_import_items_action on account_import_items (import_id, action, position)`.execute(
    db,
  )
}
