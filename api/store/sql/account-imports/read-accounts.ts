import { createHash } from 'node:crypto'
import { createPacedWork } from '../../../../runtime/paced-work.ts'
import type { KnownAccount, WrittenValues } from '../../../core/account-imports/import-plan.ts'
import type { AccountState } from '../../../core/account-imports/import-store.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { foldDisplayName } from '../../../core/values/display-name.ts'
import type { Database } from '../database.ts'

/** Rows of one statement. */
const PAGE = 500

/** All accounts, with what imports have written, and all names. Other work goes on meanwhile. */
export async function readAccounts(db: Database, quarantinedSince: number): Promise<AccountState> {
  const accounts: KnownAccount[] = []
  const logins = new Map<string, string>()
  const displayNames = new Map<string, string>()
  const digest = createHash('sha256')
  const pace = createPacedWork()
  for await (const account of listAccounts(db)) {
    accounts.push(account)
    digest.update(JSON.stringify(account))
    const { id, username, extension, email, displayName } = account
    for (const name of [username, extension, email]) if (name !== null) logins.set(normalizeName(name), id)
    for (const name of [username, extension, displayName])
      if (name !== null) displayNames.set(foldDisplayName(name), id)
    await pace()
  }
  // Also names that wait for their account, such as a reserved extension.
  for await (const { name, user_id } of listClaimedNames(db)) {
    if (!logins.has(name)) logins.set(name, String(user_id))
    await pace()
  }
  const reserved = await db.query
    .selectFrom('extensions')
    .select('extension')
    .where('state', '!=', 'external')
    .where((is) => is.or([is('state', '!=', 'quarantined'), is('changed_at', '>', quarantinedSince)]))
    .execute()
  return {
    accounts,
    digest: digest.digest('base64url'),
    names: { logins, displayNames, reserved: new Set(reserved.map(({ extension }) => extension)) },
  }
}

async function* listAccounts({ query }: Database): AsyncGenerator<KnownAccount> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const rows = await query
      .selectFrom('users')
      .leftJoin('imported_values', 'imported_values.user_id', 'users.id')
      .select(['users.id', 'username', 'extension', 'email', 'display_name', 'role', 'disabled', 'source'])
      .select(['disabled_by_source', 'source_id', 'revision', 'values_json'])
      .where('users.id', '>', after)
      .orderBy('users.id')
      .limit(PAGE)
      .execute()
    for (const row of rows) {
      const { username, extension, email, role, source, revision } = row
      yield {
        ...{ id: String(row.id), username, extension, email, role, source, revision },
        displayName: row.display_name,
        disabled: row.disabled === 1,
        isDisabledBySource: row.disabled_by_source === 1,
        sourceId: row.source_id,
        lastImport:
          row.values_json === null ? null : { values: JSON.parse(row.values_json) as WrittenValues }, // as `recordValues` wrote it
      }
    }
    after = rows.at(-1)?.id
  }
}

async function* listClaimedNames({ query }: Database) {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const rows: { name: string; user_id: number | null }[] = await query
      .selectFrom('account_names')
      .select(['name', 'user_id'])
      .where('name', '>', after)
      .orderBy('name')
      .limit(PAGE)
      .execute()
    yield* rows
    after = rows.at(-1)?.name
  }
}
