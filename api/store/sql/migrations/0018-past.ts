import { type Kysely, sql } from 'kysely'

/** For the purge: finds the oldest placed calls with an outcome by index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index dialled_time on dialled_calls (created_at) where outcome is not null`.execute(db)
}
