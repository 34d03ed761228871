import { type Kysely, sql } from 'kysely'
import { codepoints } from './codepoints.ts'
import { withId } from './identity.ts'

/** Settings per AI agent and for all AI agents, and prompt templates, each with every version. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('ai_documents')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    // Unique per kind, where set.
    .addColumn('name', codepoints(db))
    .addColumn('body_json', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('ai_documents_key', ['kind', 'key'])
    .execute()

  await sql`create unique index ai_documents_name on ai_documents (kind, name)`.execute(db)

  await withId(db, db.schema.createTable('ai_versions'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    // Null for a deletion.
    .addColumn('body_json', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_by', 'bigint')
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create unique index ai_versions_of on ai_versions (kind, key, version)`.execute(db)
}
