import { randomUUID } from 'node:crypto'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe } from 'vitest'
import { type Database, openDatabase } from '../../../../api/store/sql/database.ts'
import { queryOnce } from '../../../support/postgres.ts'
import { emptyDatabase } from '../../../support/reused-database.ts'
import { sqlTemplates } from '../../../support/sql-templates.ts'

export interface Engine {
  name: 'SQLite' | 'PostgreSQL'
  /** The url of a database with nothing in it. */
  empty(): Promise<string>
  /** A database with its tables, closed after the test. */
  tables(): Promise<Database>
}

/** Where databases come from; `end` deletes those of one test. */
interface Databases {
  empty(): Promise<string>
  migrated(): Promise<string>
  end(): Promise<void>
}

/** States the same claims for each engine. */
export function onBothEngines(claims: (engine: Engine) => void): void {
  describe.each([
    { name: 'SQLite', make: sqliteFiles },
    { name: 'PostgreSQL', make: postgresDatabases },
  ] as const)('on $name', ({ name, make }) => {
    const databases = make()
    const open = new Set<Database>()

    afterEach(async () => {
      for (const db of open) await db.close()
      open.clear()
      await databases.end()
    })

    claims({
      name,
      empty: databases.empty,
      async tables() {
        const db = await openDatabase(await databases.migrated())
        open.add(db)
        return db
      },
    })
  })
}

function sqliteFiles(): Databases {
  let folder: string | undefined
  let files = 0
  const newFile = async () => {
    folder ??= await mkdtemp(join(tmpdir(), 'store-'))
    return join(folder, `${++files}.db`)
  }
  return {
    empty: async () => `sqlite:${await newFile()}`,
    async migrated() {
      const file = await newFile()
      await copyFile(sqlTemplates().sqliteFile, file)
      return `sqlite:${file}`
    },
    async end() {
      if (folder !== undefined) await rm(folder, { recursive: true })
      folder = undefined
    },
  }
}

/** Migrated databases of PostgreSQL that tests of this process have used, and that are empty again. */
const reusable: string[] = []

function postgresDatabases(): Databases {
  const { url: serverUrl, template } = sqlTemplates().postgres
  const urlOf = (name: string) => serverUrl.replace('/postgres?', `/${name}?`)
  const used: { name: string; isMigrated: boolean }[] = []
  async function create(templateName: string): Promise<string> {
    const name = `test_${randomUUID().replaceAll('-', '_')}`
    await queryOnce(serverUrl, `create database ${name} template ${templateName}`)
    return name
  }
  return {
    async empty() {
      const name = await create('template0')
      used.push({ name, isMigrated: false })
      return urlOf(name)
    },
    async migrated() {
      const name = reusable.pop() ?? (await create(template.name))
      used.push({ name, isMigrated: true })
      return urlOf(name)
    },
    async end() {
      for (const { name, isMigrated } of used.splice(0)) {
        if (isMigrated && (await emptyDatabase(urlOf(name), template))) reusable.push(name)
        else await queryOnce(serverUrl, `drop database ${name} with (force)`)
      }
    },
  }
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
