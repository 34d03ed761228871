import { type Kysely, PostgresAdapter, sql } from 'kysely'

/** Text sorted by code points, so that a common prefix is one range. PostgreSQL's default sorts by locale. */
export function codepoints(db: Kysely<unknown>) {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : sql`text`
}
