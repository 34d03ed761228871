import { type Dialect, PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { bindable } from './bind.ts'
import { postgresFault } from './errors.ts'

/**
 * A pool of at most 8 connections, made when first needed.
 *
 * @param patienceMs how long a statement may take; a connection or a lock gets 3 seconds at most
 * @param idleFault hears of connections that died while nobody used them
 */
export function openPostgres(url: string, patienceMs: number, idleFault: (error: Error) => void): Dialect {
  const soon = Math.min(patienceMs, 3000)
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'hookswitch',
    max: 8,
    keepAlive: true,
    connectionTimeoutMillis: soon,
    statement_timeout: patienceMs,
    lock_timeout: patienceMs,
    idle_in_transaction_session_timeout: 2 * patienceMs,
    // The server's own timeout comes first; this one is for a server that says nothing at all.
    query_timeout: patienceMs + 1000,
    types: { getTypeParser },
  })
  pool.on('error', idleFault)
  // A connection in use tells of its death by the failing query as well, but without a listener it
  // would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))

  return new PostgresDialect({
    pool: {
      // Kysely's type of a client also takes cursors, for streams, which we do not have.
      connect: async () => (await checkOut(pool)) as unknown as PostgresPoolClient,
      end: () => pool.end(),
    },
  })
}

/**
 * A connection that failed to answer never goes back into the pool: its statement may still be under way,
 * and the next user of it could land inside a half-begun transaction that nobody commits.
 */
async function checkOut(pool: pg.Pool) {
  const client = await pool.connect().catch((error) => {
    throw postgresFault(error)
  })
  let broken: Error | undefined

  async function query(sql: string, parameters: readonly unknown[]) {
    if (broken) throw postgresFault(broken)
    const bound = parameters.map(bindable)
    try {
      return await client.query(sql, bound)
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) {
        broken = error instanceof Error ? error : new Error('the connection broke', { cause: error })
      }
      throw postgresFault(error)
    }
  }

  return { query, release: () => client.release(broken) }
}

const int8: number = pg.types.builtins.INT8

/** Counts and ids are int8, which pg leaves as text; ours stay far below 2^53. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')
