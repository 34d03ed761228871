import { type Dialect, PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { toBindable } from './bind.ts'
import { mapPostgresError } from './errors.ts'

/**
 * A pool of at most 8 connections, opened on demand.
 *
 * @param timeoutMs of a statement; of a connection at most 3 seconds
 * @param onIdleError called when an idle connection breaks
 */
export function openPostgres(url: string, timeoutMs: number, onIdleError: (error: Error) => void): Dialect {
  const connectTimeoutMs = Math.min(timeoutMs, 3000)
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'hookswitch',
    max: 8,
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    idle_in_transaction_session_timeout: 2 * timeoutMs,
    // The server's own timeout comes first; this one is for a server that does not answer at all.
    query_timeout: timeoutMs + 1000,
    types: { getTypeParser },
  })
  pool.on('error', onIdleError)
  // A connection in use also fails its query, but an `error` event without a listener would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))

  return new PostgresDialect({
    pool: {
      // Kysely's client type also has cursors, for streams, which are not used here.
      connect: async () => (await checkOut(pool)) as unknown as PostgresPoolClient,
      end: () => pool.end(),
    },
  })
}

/**
 * A connection that did not answer never returns to the pool: its statement may still be running, and the next query
 * could end up inside its open transaction, which is never committed.
 */
async function checkOut(pool: pg.Pool) {
  const client = await pool.connect().catch((error) => {
    throw mapPostgresError(error)
  })
  let broken: Error | undefined

  async function query(sql: string, parameters: readonly unknown[]) {
    if (broken) throw mapPostgresError(broken)
    const bound = parameters.map(toBindable)
    try {
      return await client.query(sql, bound)
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) {
        broken = error instanceof Error ? error : new Error('the connection broke', { cause: error })
      }
      throw mapPostgresError(error)
    }
  }

  return { query, release: () => client.release(broken) }
}

const int8: number = pg.types.builtins.INT8

/** Counts and ids are int8, which pg leaves as text; ours stay far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')
