import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { migrate } from '../../../../api/store/sql/migrate.ts'
import { findPostgres, startPostgres } from '../../../support/postgres.ts'

export interface Engine {
  name: 'SQLite' | 'PostgreSQL'
  /** The url of a database with nothing in it. */
  empty(): Promise<string>
  /** A database with its tables, closed after the test. */
  tables(): Promise<Database>
}

interface Server {
  empty(): Promise<string>
  stop(): Promise<void>
}

/** States the same claims for each engine. */
export function onBothEngines(claims: (engine: Engine) => void): void {
  describe.each([{ name: 'SQLite', start: folder }] as const)('on $name', (kind) => body(kind, claims))
  const title = findPostgres()
    ? 'on $name'
    : 'on $name (skipped: none installed, HOOKSWITCH_TEST_PG_BIN names no bin folder)'
  describe.skipIf(!findPostgres()).each([{ name: 'PostgreSQL', start: server }] as const)(title, (kind) =>
    body(kind, claims),
  )
}

function body(kind: Pick<Engine, 'name'> & { start(): Promise<Server> }, claims: (engine: Engine) => void) {
  let running: Server
  const open = new Set<Database>()

  beforeAll(async () => {
    running = await kind.start()
  })
  afterEach(async () => {
    for (const db of open) await db.close()
    open.clear()
  })
  afterAll(() => running.stop())

  claims({
    name: kind.name,
    empty: () => running.empty(),
    async tables() {
      const url = await running.empty()
      await migrate(url)
      const db = await openDatabase(url)
      open.add(db)
      return db
    },
  })
}

async function folder(): Promise<Server> {
  const path = await mkdtemp(join(tmpdir(), 'store-'))
  let files = 0
  return {
    empty: async () => `sqlite:${join(path, `${++files}.db`)}`,
    stop: () => rm(path, { recursive: true }),
  }
}

async function server(): Promise<Server> {
  const postgres = await startPostgres()
  return { empty: postgres.database, stop: postgres.stop }
}

/** The same database, and how many statements it was asked for so far. */
export function counted(db: Database): { db: Database; statements(): number } {
  let count = 0
  const query = db.query.withPlugin({
    transformQuery: ({ node }) => node,
    // Parts of a statement are transformed as well; a result is one statement's.
    async transformResult({ result }) {
      count += 1
      return result
    },
  })
  return { db: { ...db, query }, statements: () => count }
}
