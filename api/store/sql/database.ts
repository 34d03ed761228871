import { isAbsolute } from 'node:path'
import { type Dialect, Kysely, type Transaction } from 'kysely'
import { createConnectionGuard } from './connection-guard.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'

/** One set of queries for two engines; whatever storage trouble they meet is `Refusal('unavailable')`. */
export interface Database {
  /** For single statements. Inside a transaction it throws: use the `trx` at hand. */
  readonly query: Kysely<Tables>
  /** All of it or nothing. */
  transaction<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>
  /** Waits a while for what is under way. Queries after it are `unavailable`. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** How long a query may wait and work before it is `unavailable`. */
  timeoutMs?: number
  /** Hears of connections that died while nobody used them; the next query gets a new one. */
  onIdleError?: (error: Error) => void
}

/**
 * Opens the embedded file, or readies the way to a server without asking it anything yet.
 *
 * @param url `sqlite:<absolute path>`, `postgres://…` or `postgresql://…`
 * @throws {Refusal} `unavailable` when the file cannot be opened
 * @throws {Error} for any other url, which it does not repeat, as it may hold a password
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
