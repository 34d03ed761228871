import { isAbsolute } from 'node:path'
import { type Dialect, Kysely, type Transaction } from 'kysely'
import { createConnectionGuard } from './connection-guard.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** One set of queries for two engines. A storage failure throws `Refusal('unavailable')`. */
export interface Database {
  /** For single statements. Inside a transaction it throws: use `trx` there. */
  readonly query: Kysely<Tables>
  /** Atomic: rolls back if `work` throws. */
  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  /** Waits up to `timeoutMs` for queries in progress. Later queries throw `unavailable`. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** How long a query may wait and run before it throws `unavailable`. */
  timeoutMs?: number
  /** Called when an idle connection breaks; the next query gets a new one. */
  onIdleError?: (error: Error) => void
}

/**
 * Opens the embedded file, or prepares a pool without connecting to the server yet.
 *
 * @param url `sqlite:<absolute path>`, `postgres://…` or `postgresql://…`
 * @throws {Refusal} `unavailable` when the file cannot be opened
 * @throws {Error} for any other url; the message omits it, since it may contain a password
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const { timeoutMs = 3000, onIdleError = () => {} } = options
  const guard = createConnectionGuard(await openEngine(url, timeoutMs, onIdleError), timeoutMs)
  const query = new Kysely<Tables>({ dialect: guard.dialect })

  return {
    query,
    transaction: (work) => query.transaction().execute((trx) => guard.inTransaction(() => work(trx))),
    close: guard.close,
  }
}

async function openEngine(
  url: string,
  timeoutMs: number,
  onIdleError: (error: Error) => void,
): Promise<Dialect> {
  if (/^postgres(?:ql)?:\/\//.test(url)) return openPostgres(url, timeoutMs, onIdleError)
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : ''
  if (!isAbsolute(path)) throw new Error('a database url is sqlite:/absolute/path or postgres://…')
  return openSqlite(path, timeoutMs)
}
