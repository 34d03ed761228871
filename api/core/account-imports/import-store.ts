import type { ActingOptions, User } from '../auth/users.ts'
import type { AccountSourceName, LineError } from './account-source.ts'
import type {
  ImportedSignIn,
  ImportOptions,
  KnownAccount,
  PlanAction,
  PlanCounts,
  PlanItem,
  WrittenValues,
} from './import-plan.ts'
import type { ExistingNames } from './name-index.ts'

/** `failed`: stopped before its end; `error` has the reason. */
export type ImportState = 'planned' | 'running' | 'done' | 'failed'
export type ItemOutcome = 'done' | 'failed'

/** A plan, and how far it is applied. Times are unix seconds. */
export interface AccountImport {
  id: string
  source: AccountSourceName
  isScheduled: boolean
  state: ImportState
  options: ImportOptions
  counts: PlanCounts
  /** Accounts that are made, and made disabled. */
  newDisabled: number
  lineErrors: readonly LineError[]
  isMassDisable: boolean
  accountsDigest: string
  /** Items that change an account. */
  total: number
  done: number
  failed: number
  error: string | null
  actorId: string
  createdAt: number
  updatedAt: number
}

export interface StoredItem extends PlanItem {
  position: number
  outcome: ItemOutcome | null
  /** Why it failed. */
  detail: string | null
}

export type NewImport = Omit<AccountImport, 'id' | 'done' | 'failed' | 'error' | 'updatedAt'>

export interface AccountState {
  accounts: readonly KnownAccount[]
  /** Differs if any account has changed. */
  digest: string
  names: ExistingNames
}

/** What became of one item. */
export interface ItemResult {
  position: number
  outcome: ItemOutcome
  detail: string | null
}

export interface AccountImportStore {
  readAccounts(): Promise<AccountState>
  /** @param items those to be stored; at most the newest 100 imports stay */
  add(plan: NewImport, items: readonly PlanItem[]): Promise<AccountImport>
  find(id: string): Promise<AccountImport | undefined>
  /** The newest of all, or of the scheduled ones. */
  findLast(filter?: { isScheduled: boolean }): Promise<AccountImport | undefined>
  listItems(
    id: string,
    filter: { action?: PlanAction | undefined },
    page: { after?: number | undefined; limit: number },
  ): Promise<StoredItem[]>
  countItems(id: string, filter: { action?: PlanAction | undefined }): Promise<number>
  /** Sets `running` if it is `planned`. @returns whether it was */
  claim(id: string, now: number): Promise<boolean>
  recordResults(id: string, results: readonly ItemResult[], now: number): Promise<void>
  finish(id: string, end: { state: 'done' | 'failed'; error: string | null }, now: number): Promise<void>
  /**
   * Inserts an account without a password for each item, all in one transaction if none is refused.
   * @returns the account of each item, or the reason of the refusal
   * @throws {Refusal} `unavailable`, `token_revoked` as `requireActingAdmin`
   */
  createAccounts(
    source: AccountSourceName,
    items: readonly PlanItem[],
    options: ActingOptions & { signIn: ImportedSignIn },
  ): Promise<({ user: User } | { refused: string })[]>
  /**
   * Records that an account belongs to a person of the source.
   * @throws {Refusal} `stale` if it has changed since, `token_revoked` as `requireActingAdmin`
   */
  link(
    userId: string,
    origin: { source: AccountSourceName; sourceId: string; revision: number },
    options?: ActingOptions,
  ): Promise<void>
  recordValues(userId: string, values: WrittenValues): Promise<void>
}
