import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../api/store/sql/migrate.ts'
import { backUpSqlite } from '../../api/store/sql/sqlite-backup.ts'
import { startPostgres } from './postgres.ts'
import { describeDatabase, type EmptyDatabase } from './reused-database.ts'

/** Databases with all tables and no rows, which tests copy: to migrate one for each test would take most of their time. */
export interface SqlTemplates {
  sqliteFile: string
  /** A server for all test files, which none of them stops. */
  postgres: { url: string; template: EmptyDatabase }
}

const VARIABLE = 'HOOKSWITCH_TEST_SQL'

/** The templates of this run. */
export function sqlTemplates(): SqlTemplates {
  const json = process.env[VARIABLE]
  if (json === undefined)
    throw new Error(`${VARIABLE} is not set: run the test through vitest’s project “real”`)
  return JSON.parse(json) as SqlTemplates // `setup` wrote it
}

/** Once a run, after PostgreSQL was found. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sql-'))
  const [migrated, sqliteFile] = [join(folder, 'migrated.db'), join(folder, 'template.db')]
  const postgres = await startPostgres()
  const template = await postgres.database()
  await Promise.all([migrate(`sqlite:${migrated}`), migrate(template)])
  // A copy in one file, as a database that is closed may still have a write-ahead log.
  await backUpSqlite(migrated, sqliteFile)
  const templates: SqlTemplates = {
    sqliteFile,
    postgres: { url: postgres.url, template: await describeDatabase(template) },
  }
  process.env[VARIABLE] = JSON.stringify(templates)
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
