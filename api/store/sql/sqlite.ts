import { chmod, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { DatabaseSyncInstance, SqliteModule } from '@photostructure/sqlite'
import { Mutex, withTimeout } from 'async-mutex'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { LRUCache } from 'lru-cache'
import { retry } from '../../../runtime/retry.ts'
import { toBindable } from './bind.ts'
import { isBusy, mapSqliteError, storageUnavailable } from './errors.ts'

/**
 * Opens or creates the file with mode 0600. A commit survives a power failure.
 *
 * @param path absolute; missing folders are created
 * @param timeoutMs how long a query waits for the connection, and then for the lock of another process
 * @throws {Refusal} `unavailable` when the file cannot be opened
 */
export async function openSqlite(path: string, timeoutMs: number): Promise<Dialect> {
  await ensureFile(path).catch((error) => {
    throw mapSqliteError(error)
  })
  const { DatabaseSync } = await loadSqlite()
  const file = await retryWhileBusy(timeoutMs, () => {
    const opened = new DatabaseSync(path)
    try {
      // Short, since it blocks the event loop: `retryWhileBusy` waits without blocking.
      opened.exec('pragma busy_timeout = 20; pragma journal_mode = wal')
      opened.exec('pragma synchronous = full; pragma foreign_keys = on')
      // 32 MiB: with SQLite's default of 2 MB most of a query's time is reading the same pages again.
      opened.exec('pragma cache_size = -32768')
    } catch (error) {
      opened.close()
      throw error
    }
    return opened
  })

  return {
    createAdapter: () => new TransactionalAdapter(),
    createDriver: () => createDriver(file, timeoutMs),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/**
 * SQLite rolls back DDL. With this flag Kysely migrates in one transaction; since `begin immediate` takes the write lock,
 * two processes migrate one after the other.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function createDriver(file: DatabaseSyncInstance, timeoutMs: number): Driver {
  const mutex = withTimeout(new Mutex(), timeoutMs)
  const connection = connect(file, timeoutMs)
  const run = (sql: string) => retryWhileBusy(timeoutMs, () => file.exec(sql))
  return {
    init: async () => {},
    acquireConnection: async () => {
      await mutex.acquire().catch((cause) => {
        throw storageUnavailable(new Error('waited too long for the connection', { cause }))
      })
      return connection
    },
    // Otherwise a transaction that reads before it writes could fail to upgrade its lock.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    // A full disk has rolled back already; a second rollback would throw and hide the cause.
    rollbackTransaction: async () => {
      if (file.isTransaction) await run('rollback')
    },
    releaseConnection: async () => mutex.release(),
    destroy: async () => file.close(),
  }
}

/** More than the usual statements; each takes some kilobytes. */
const MAX_PREPARED = 500
/** Statements with long lists of values are seldom repeated, and would evict others. */
const MAX_PREPARED_LENGTH = 8_000

function connect(file: DatabaseSyncInstance, timeoutMs: number): DatabaseConnection {
  // Preparing takes longer than most queries, and blocks the process that handles AMI events. After a schema change
  // SQLite prepares a statement again by itself (sqlite.org/c3ref/prepare.html).
  const prepared = new LRUCache<string, Prepared>({ max: MAX_PREPARED })
  function prepare(sql: string): Prepared {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    const statement = file.prepare(sql)
    const entry = { statement, returnsRows: statement.columns().length > 0 }
    if (sql.length <= MAX_PREPARED_LENGTH) prepared.set(sql, entry)
    return entry
  }
  const query = ({ sql, parameters }: CompiledQuery) => {
    const bound = parameters.map(toBindable)
    const { statement, returnsRows } = prepare(sql)
    if (returnsRows) return { rows: statement.all(...bound) }
    return { rows: [], numAffectedRows: BigInt(statement.run(...bound).changes) }
  }
  return {
    executeQuery: (compiled) => retryWhileBusy(timeoutMs, () => query(compiled)),
    streamQuery: () => {
      throw new Error('read page by page: a stream would occupy the only connection')
    },
  }
}

interface Prepared {
  statement: ReturnType<DatabaseSyncInstance['prepare']>
  /** Whether it returns rows. */
  returnsRows: boolean
}

/** Retries while another process holds the lock, without blocking the event loop. */
async function retryWhileBusy<T>(timeoutMs: number, attempt: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs
  return retry(async () => attempt(), {
    delayMs: (_, error) => (isBusy(error) && performance.now() <= deadline ? 30 : undefined),
  }).catch((error) => {
    throw mapSqliteError(error)
  })
}

/**
 * SQLite gives its -wal and -shm files the mode of the main one. A file that exists is not opened here:
 * closing it again would drop the locks that this process holds on it (sqlite.org/howtocorrupt.html §2.2).
 */
async function ensureFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const created = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await created?.close()
  await chmod(path, 0o600)
}

/** Node's own SQLite if it has `columns` (since 22.16), else the package with the same API. */
async function loadSqlite(): Promise<Pick<SqliteModule, 'DatabaseSync'>> {
  // The package copies Node's declarations.
  const builtin = process.getBuiltinModule('node:sqlite') as SqliteModule | undefined
  if (builtin && 'columns' in builtin.StatementSync.prototype) return builtin
  return import('@photostructure/sqlite')
}
