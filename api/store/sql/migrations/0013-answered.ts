import { type Kysely, sql } from 'kysely'

/** The parties who answered. Earlier calls do not have it: they count for all of their parties. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('call_parties')
    .addColumn('answered', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update call_parties set answered = 1
    where call_id in (select calls.id from calls where calls.outcome = 'answered')`.execute(db)
}
