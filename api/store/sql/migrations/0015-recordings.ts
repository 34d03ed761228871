import type { Kysely } from 'kysely'

/** All recordings of a call. Earlier calls have one, in `recording`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('calls').addColumn('recordings', 'text').execute()
}
