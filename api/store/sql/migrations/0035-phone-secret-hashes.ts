import type { Kysely } from 'kysely'

/** Hashes of the secrets of phones that were right, for the time in which the PBX is away; empty unless a setting asks for it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('phone_secret_hashes')
    .addColumn('user_id', 'bigint', (column) =>
      column.primaryKey().references('users.id').onDelete('cascade').notNull(),
    )
    .addColumn('extension', 'text', (column) => column.notNull())
    .addColumn('secret_hash', 'text', (column) => column.notNull())
    .execute()
}
