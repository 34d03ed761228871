import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * The end of a select that locks its rows until the transaction ends. SQLite needs none: its transactions run one at a
 * time.
 */
export const forUpdate = (trx: Kysely<Tables>): RawBuilder<unknown> =>
  trx.getExecutor().adapter instanceof PostgresAdapter ? sql`for update` : sql``
