import { AsyncLocalStorage } from 'node:async_hooks'
import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { unavailable } from './errors.ts'

/** What stands before the connections of an engine, alike for both. */
export interface Doorway {
  dialect: Dialect
  /** Marks the work of a transaction: a query that asks for another connection from within fails at once. */
  within<T>(work: () => Promise<T>): Promise<T>
  /** Lets nobody in any more, waits a while for those inside, and closes the engine. */
  close(): Promise<void>
}

/**
 * A query that goes round the transaction it stands in would wait for itself on SQLite and escape the
 * rollback on PostgreSQL; whoever comes after closing would get an error of the engine's own.
 */
export function createDoorway(engine: Dialect, patienceMs: number): Doorway {
  const transaction = new AsyncLocalStorage<{ open: boolean }>()
  const driver = engine.createDriver()
  let inside = 0
  let closing: Promise<void> | undefined
  let lastLeft = () => {}

  const enter = async (): Promise<DatabaseConnection> => {
    if (transaction.getStore()?.open) throw new Error('a query went round the transaction it stands in')
    if (closing) throw unavailable(new Error('the database is closed'))
    inside++
    return driver.acquireConnection().catch((error) => {
      leave()
      throw error
    })
  }
  const leave = () => {
    if (--inside === 0) lastLeft()
  }
  const shut = async () => {
    if (inside > 0) await within(patienceMs, (left) => (lastLeft = left))
    await driver.destroy()
  }

  return {
    dialect: {
      createAdapter: () => engine.createAdapter(),
      createIntrospector: (db) => engine.createIntrospector(db),
      createQueryCompiler: () => engine.createQueryCompiler(),
      createDriver: (): Driver => ({
        init: () => driver.init(),
        acquireConnection: enter,
        beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
        commitTransaction: (connection) => driver.commitTransaction(connection),
        rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
        releaseConnection: async (connection) => {
          await driver.releaseConnection(connection)
          leave()
        },
        destroy: () => shut(),
      }),
    },
    async within(work) {
      const here = { open: true }
      try {
        return await transaction.run(here, work)
      } finally {
        // What the work started and left running may query again.
        here.open = false
      }
    },
    close: () => (closing ??= shut()),
  }
}

/** Waits until told, or until time is up. */
async function within(patienceMs: number, until: (tell: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patienceMs)
    until(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
