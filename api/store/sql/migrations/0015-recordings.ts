import type { Kysely } from 'kysely'

/** All files of a call. Calls that were stored before have the one in `recording`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('calls').addColumn('recordings', 'text').execute()
}
