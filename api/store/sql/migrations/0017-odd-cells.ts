import type { Kysely } from 'kysely'

/** Warnings of a list’s import about changed cells, and the column of an invalid row’s error. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('lead_import_faults').addColumn('column_name', 'text').execute()
  await db.schema
    .createTable('lead_import_odd_cells')
    .addColumn('import_id', 'bigint', (column) =>
      column.notNull().references('lead_imports.id').onDelete('cascade'),
    )
    // Numbered within the list: a row may have several.
    .addColumn('place', 'bigint', (column) => column.notNull())
    .addColumn('line', 'bigint', (column) => column.notNull())
    .addColumn('column_name', 'text')
    .addColumn('reason', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('lead_import_odd_cells_key', ['import_id', 'place'])
    .execute()
}
