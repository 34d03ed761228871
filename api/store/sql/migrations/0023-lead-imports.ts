import { type Kysely, sql } from 'kysely'

/** What each import changed, so that it can be undone. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('lead_imports')
    .addColumn('undo_state', 'text', (column) => column.notNull().defaultTo('none'))
    .execute()
  for (const count of ['removed', 'restored', 'left_alone']) {
    await db.schema
      .alterTable('lead_imports')
      .addColumn(count, 'bigint', (column) => column.notNull().defaultTo(0))
      .execute()
  }
  await sql`create index lead_imports_agent on lead_imports (agent_id, id)`.execute(db)
  await sql`create index lead_imports_undo on lead_imports (updated_at) where undo_state = 'running'`.execute(
    db,
  )

  await db.schema
    .createTable('lead_import_changes')
    .addColumn('import_id', 'bigint', (column) =>
      column.notNull().references('lead_imports.id').onDelete('cascade'),
    )
    // No foreign key: a lead may be deleted before the undo, which reports that.
    .addColumn('lead_id', 'bigint', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    // Null: the import made the lead.
    .addColumn('before_json', 'text')
    // Set when the undo has left the lead as it is.
    .addColumn('left_reason', 'text')
    .addPrimaryKeyConstraint('lead_import_changes_key', ['import_id', 'lead_id'])
    .execute()
  await sql`create index lead_import_changes_pending on lead_import_changes (import_id, lead_id) where left_reason is null`.execute(
    db,
  )
}
