import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { storageUnavailable } from './errors.ts'

/** What stands before the connections of an engine, alike for both. */
export interface ConnectionGuard {
  dialect: Dialect
  /** Marks the work of a transaction: a query that asks for another connection from within fails at once. */
  inTransaction<T>(work: () => Promise<T>): Promise<T>
  /** Lets nobody in any more, waits a while for those inside, and closes the engine. */
  close(): Promise<void>
}

/**
 * A query that goes round the transaction it stands in would wait for itself on SQLite and escape the
 * rollback on PostgreSQL; whoever comes after closing would get an error of the engine's own.
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
    if (inUse > 0) await waitAtMost(timeoutMs, (left) => (onDrained = left))
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
        // What the work started and left running may query again.
        context.open = false
      }
    },
    close: () => (closing ??= drain()),
  }
}

/** Waits until told, or until time is up. */
async function waitAtMost(timeoutMs: number, subscribe: (tell: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    subscribe(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
