import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { storageUnavailable } from './errors.ts'

/** Wraps the connections of either engine. */
export interface ConnectionGuard {
  dialect: Dialect
  /** Marks the work of a transaction: a query inside it that asks for another connection fails at once. */
  inTransaction<T>(work: () => Promise<T>): Promise<T>
  /** Refuses new queries, waits up to `timeoutMs` for those in progress, and closes the engine. */
  close(): Promise<void>
}

/**
 * A query inside a transaction that bypasses `trx` would deadlock on SQLite and escape the rollback on PostgreSQL. A query
 * after closing would get an engine-specific error.
 */
export function createConnectionGuard(engine: Dialect, timeoutMs: number): ConnectionGuard {
  const transaction = new AsyncLocalStorage<{ open: boolean }>()
  const driver = engine.createDriver()
  let inUse = 0
  let closing: Promise<void> | undefined
  let onDrained = () => {}

  const acquire = async (): Promise<DatabaseConnection> => {
    if (transaction.getStore()?.open) throw new Error('a query went round the transaction it stands in')
    if (closing) throw storageUnavailable(new Error('the database is closed'))
    inUse++
    return driver.acquireConnection().catch((error) => {
      release()
      throw error
    })
  }
  const release = () => {
    if (--inUse === 0) onDrained()
  }
  const drain = async () => {
    if (inUse > 0) await waitAtMost(timeoutMs, (resolve) => (onDrained = resolve))
    await driver.destroy()
  }

  return {
    dialect: {
      createAdapter: () => engine.createAdapter(),
      createIntrospector: (db) => engine.createIntrospector(db),
      createQueryCompiler: () => engine.createQueryCompiler(),
      createDriver: (): Driver => ({
        init: () => driver.init(),
        acquireConnection: acquire,
        beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
        commitTransaction: (connection) => driver.commitTransaction(connection),
        rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
        releaseConnection: async (connection) => {
          await driver.releaseConnection(connection)
          release()
        },
        destroy: () => drain(),
      }),
    },
    async inTransaction(work) {
      const context = { open: true }
      try {
        return await transaction.run(context, work)
      } finally {
        // Work that outlives the transaction may query again.
        context.open = false
      }
    },
    close: () => (closing ??= drain()),
  }
}

/** Waits until the callback is called, at most `timeoutMs`. */
async function waitAtMost(timeoutMs: number, subscribe: (callback: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    subscribe(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
