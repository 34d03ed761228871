import { type Kysely, PostgresAdapter, sql } from 'kysely'

/** Text that sorts by its code points, so that what begins alike is one range. PostgreSQL would sort as people do. */
export function codepoints(db: Kysely<unknown>) {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : sql`text`
}
