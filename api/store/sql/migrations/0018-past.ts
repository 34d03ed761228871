import { type Kysely, sql } from 'kysely'

/** Of what is over, the oldest is found and removed without a look at the rest, as that of the other tables is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index dialled_time on dialled_calls (created_at) where outcome is not null`.execute(db)
}
