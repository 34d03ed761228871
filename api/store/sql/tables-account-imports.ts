import type { Generated } from 'kysely'
import type { AccountSourceName } from '../../core/account-imports/account-source.ts'
import type { PlanAction } from '../../core/account-imports/import-plan.ts'
import type { ImportState, ItemOutcome } from '../../core/account-imports/import-store.ts'

export interface AccountImportTables {
  imported_values: ImportedValuesTable
  account_imports: AccountImportsTable
  account_import_items: AccountImportItemsTable
}

/** What the last import wrote to an account. */
export interface ImportedValuesTable {
  user_id: number
  values_json: string
}

export interface AccountImportsTable {
  id: Generated<number>
  source: AccountSourceName
  is_scheduled: number
  state: ImportState
  options_json: string
  counts_json: string
  new_disabled: number
  line_errors_json: string
  is_mass_disable: number
  accounts_digest: string
  total: number
  done: Generated<number>
  failed: Generated<number>
  error: string | null
  actor_id: string
  created_at: number
  updated_at: number
}

export interface AccountImportItemsTable {
  import_id: number
  position: number
  action: PlanAction
  item_json: string
  outcome: ItemOutcome | null
  detail: string | null
}
