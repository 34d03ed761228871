import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator, sql } from 'kysely'
import { type Database, openDatabase } from './database.ts'
import * as logins from './migrations/0001-logins.ts'
import * as refresh from './migrations/0002-refresh.ts'
import * as calls from './migrations/0003-calls.ts'
import * as email from './migrations/0004-email.ts'
import * as onboarding from './migrations/0005-onboarding.ts'
import * as agents from './migrations/0006-crew.ts'
import * as leads from './migrations/0007-leads.ts'
import * as campaigns from './migrations/0008-campaigns.ts'
import * as membership from './migrations/0009-membership.ts'
import * as ai from './migrations/0010-ai.ts'
import * as webhooks from './migrations/0011-webhooks.ts'
import * as webrtcCredentials from './migrations/0012-loans.ts'
import * as answered from './migrations/0013-answered.ts'
import * as names from './migrations/0014-names.ts'
import * as recordings from './migrations/0015-recordings.ts'
import * as accounts from './migrations/0016-accounts.ts'
import * as oddCells from './migrations/0017-odd-cells.ts'
import * as past from './migrations/0018-past.ts'
import * as standardNames from './migrations/0019-standard-names.ts'
import * as administration from './migrations/0020-administration.ts'
import * as personal from './migrations/0021-personal.ts'
import * as desk from './migrations/0022-desk.ts'
import * as leadImports from './migrations/0023-lead-imports.ts'
import * as board from './migrations/0025-board.ts'
import * as supervisions from './migrations/0026-supervisions.ts'
import * as accountSources from './migrations/0027-account-sources.ts'
import * as accountImports from './migrations/0029-account-imports.ts'
import * as disabledBySource from './migrations/0030-disabled-by-source.ts'
import * as providers from './migrations/0031-identity-providers.ts'
import * as secondFactor from './migrations/0032-second-factor.ts'
import * as serviceTokens from './migrations/0033-service-tokens.ts'
import * as outgoingWebhooks from './migrations/0034-outgoing-webhooks.ts'
import * as phoneSecretHashes from './migrations/0035-phone-secret-hashes.ts'

/**
 * In order of name. A migration that has been released is never changed: add the next one. Steps 0015 to 0018
 * do not depend on each other, so a database that lacks one of them gets it later.
 */
export const migrations: Record<string, Migration> = {
  '0001-logins': logins,
  '0002-refresh': refresh,
  '0003-calls': calls,
  '0004-email': email,
  '0005-onboarding': onboarding,
  '0006-crew': agents,
  '0007-leads': leads,
  '0008-campaigns': campaigns,
  '0009-membership': membership,
  '0010-ai': ai,
  '0011-webhooks': webhooks,
  '0012-loans': webrtcCredentials,
  '0013-answered': answered,
  '0014-names': names,
  '0015-recordings': recordings,
  '0016-accounts': accounts,
  '0017-odd-cells': oddCells,
  '0018-past': past,
  '0019-standard-names': standardNames,
  '0020-administration': administration,
  '0021-personal': personal,
  '0022-desk': desk,
  '0023-lead-imports': leadImports,
  '0025-board': board,
  '0026-supervisions': supervisions,
  '0027-account-sources': accountSources,
  '0029-account-imports': accountImports,
  '0030-disabled-by-source': disabledBySource,
  '0031-identity-providers': providers,
  '0032-second-factor': secondFactor,
  '0033-service-tokens': serviceTokens,
  '0034-outgoing-webhooks': outgoingWebhooks,
  '0035-phone-secret-hashes': phoneSecretHashes,
}

/** A newer version has migrated this database; this version does not know its schema. */
export class NewerDatabaseError extends Error {
  override name = 'NewerDatabaseError'
}

/**
 * Checks without changing anything.
 * @throws {NewerDatabaseError} where a newer version has migrated the database
 * @throws {Refusal} `unavailable` when the database cannot be reached
 */
export async function requireKnownMigrations(
  { query }: Pick<Database, 'query'>,
  known = migrations,
): Promise<void> {
  const tables = await query.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return
  const { rows } = await sql<{
    name: string
  }>`select name from ${sql.table(DEFAULT_MIGRATION_TABLE)}`.execute(query)
  const unknown = rows.map(({ name }) => name).filter((name) => !Object.hasOwn(known, name))
  if (unknown.length === 0) return
  throw new NewerDatabaseError(
    `this database was made by a newer version of Hookswitch (it has ${unknown.sort().join(', ')}): use that version, or restore a backup that this version made; nothing was changed`,
  )
}

/**
 * Applies all missing migrations or none. Any number of processes may call it at once: one migrates while the others
 * wait and then find nothing to do.
 *
 * @param url as for `openDatabase`
 * @param steps for tests
 * @returns the names of the migrations that ran here
 * @throws {NewerDatabaseError} where a newer version has migrated the database
 * @throws {Refusal} `unavailable` when the database cannot be reached
 */
export async function migrate(url: string, steps = migrations): Promise<string[]> {
  // Its own connection: a migration may take longer than the timeout of queries.
  const db = await openDatabase(url, { timeoutMs: 600_000 })
  try {
    await requireKnownMigrations(db, steps)
    const migrator = new Migrator({
      db: db.query,
      provider: { getMigrations: async () => steps },
      // Steps 0015 to 0018 may reach a database in any order.
      allowUnorderedMigrations: true,
    })
    const { error, results = [] } = await migrator.migrateToLatest()
    if (error) throw error
    return results.map((result) => result.migrationName)
  } finally {
    await db.close()
  }
}
