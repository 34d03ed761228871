import type { KnownAccount, WrittenValues } from '../../../core/account-imports/import-plan.ts'
import type { AccountState } from '../../../core/account-imports/import-store.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { foldDisplayName } from '../../../core/values/display-name.ts'
import type { Database } from '../database.ts'

/** All accounts, with what imports have written, and all names. */
export async function readAccounts({ query }: Database, quarantinedSince: number): Promise<AccountState> {
  const rows = await query
    .selectFrom('users')
    .leftJoin('imported_values', 'imported_values.user_id', 'users.id')
    .select(['users.id', 'username', 'extension', 'email', 'display_name', 'role', 'disabled', 'source'])
    .select(['disabled_by_source', 'source_id', 'revision', 'values_json'])
    .orderBy('users.id')
    .execute()
  const logins = new Map<string, string>()
  const displayNames = new Map<string, string>()
  const accounts = rows.map((row): KnownAccount => {
    const id = String(row.id)
    for (const name of [row.username, row.extension, row.email])
      if (name !== null) logins.set(normalizeName(name), id)
    for (const name of [row.username, row.extension, row.display_name])
      if (name !== null) displayNames.set(foldDisplayName(name), id)
    const { username, extension, email, role, source, revision } = row
    return {
      ...{ id, username, extension, email, role, source, revision },
      displayName: row.display_name,
      disabled: row.disabled === 1,
      isDisabledBySource: row.disabled_by_source === 1,
      sourceId: row.source_id,
      lastImport: row.values_json === null ? null : { values: JSON.parse(row.values_json) as WrittenValues }, // as `recordValues` wrote it
    }
  })
  // Also names that wait for their account, such as a reserved extension.
  const claimed = await query.selectFrom('account_names').selectAll().execute()
  for (const { name, user_id } of claimed) if (!logins.has(name)) logins.set(name, String(user_id))
  const reserved = await query
    .selectFrom('extensions')
    .select('extension')
    .where('state', '!=', 'external')
    .where((is) => is.or([is('state', '!=', 'quarantined'), is('changed_at', '>', quarantinedSince)]))
    .execute()
  return {
    accounts,
    names: { logins, displayNames, reserved: new Set(reserved.map(({ extension }) => extension)) },
  }
}
