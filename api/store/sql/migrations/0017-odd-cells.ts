import type { Kysely } from 'kysely'

/** What a list’s import did with cells that it did not take as they are; and the column of a bad row’s fault. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('lead_import_faults').addColumn('column_name', 'text').execute()
  await db.schema
    .createTable('lead_import_odd_cells')
    .addColumn('import_id', 'bigint', (column) =>
      column.notNull().references('lead_imports.id').onDelete('cascade'),
    )
    // Counted within the list: a row may have several.
    .addColumn('place', 'bigint', (column) => column.notNull())
    .addColumn('line', 'bigint', (column) => column.notNull())
    .addColumn('column_name', 'text')
    .addColumn('reason', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('lead_import_odd_cells_key', ['import_id', 'place'])
    .execute()
}
