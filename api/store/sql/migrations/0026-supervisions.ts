import type { Kysely } from 'kysely'

/** Supervisors who listen to calls now, so that every API process knows them, also after a restart. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('supervisions')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    // No foreign keys: a supervision ends as any other when its user is deleted, and not by the loss of its row.
    .addColumn('supervisor_id', 'bigint', (column) => column.notNull().unique())
    .addColumn('agent_id', 'bigint', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('channel_id', 'text', (column) => column.notNull())
    .addColumn('mode', 'text', (column) => column.notNull())
    .addColumn('session', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .execute()
}
