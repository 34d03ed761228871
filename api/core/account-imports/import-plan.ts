import type { Role } from '../../../contract/claims.ts'
import type { User } from '../auth/users.ts'
import type { LineError } from './account-source.ts'

/** How people of a source sign in: with the secret of their phone at the PBX, or not before they get a password. */
export const SIGN_INS = ['phone', 'none'] as const
export type ImportedSignIn = (typeof SIGN_INS)[number]

export interface ImportOptions {
  /** Of new accounts, where the source names none. */
  role: Role
  signIn: ImportedSignIn
  /** Disables accounts of this source that the source lists no more. */
  disableMissing: boolean
  /** Also if the source lists fewer than half of them. */
  allowMassDisable: boolean
  /** Takes over accounts that an administrator made with the same extension. */
  link: boolean
}

/** The members of an account that a source sets. */
export interface ImportedValues {
  displayName: string | null
  email: string | null
  extension: string | null
  /** Only where the source knows roles. */
  role?: Role | undefined
}
export const IMPORTED_MEMBERS = ['displayName', 'email', 'extension', 'role'] as const
export type ImportedMember = (typeof IMPORTED_MEMBERS)[number]

/** What an import writes to an account. */
export interface WrittenValues extends ImportedValues {
  /** It disabled the account: one that is enabled nevertheless was enabled here. */
  disabled?: boolean | undefined
}

/** What the last import wrote to an account. */
export interface LastImport {
  values: WrittenValues
}

export type KnownAccount = Pick<
  User,
  | 'id'
  | 'username'
  | 'extension'
  | 'email'
  | 'displayName'
  | 'role'
  | 'disabled'
  | 'source'
  | 'sourceId'
  | 'revision'
> & {
  /** An import disabled it, and no administrator has enabled or disabled it since. */
  isDisabledBySource: boolean
  lastImport: LastImport | null
}

export const PLAN_ACTIONS = [
  'create',
  'change',
  'enable',
  'disable',
  'link',
  'conflict',
  'changed_here',
  'unchanged',
] as const
export type PlanAction = (typeof PLAN_ACTIONS)[number]

/** Those that write to an account. */
export const WRITING_ACTIONS: readonly PlanAction[] = ['create', 'change', 'enable', 'disable', 'link']
export const changesAccount = ({ action }: { action: PlanAction }) => WRITING_ACTIONS.includes(action)

export const PLAN_REASONS = [
  /** The source lists the person no more, or as disabled. */
  'missing',
  'disabled_at_source',
  // Conflicts.
  'duplicate',
  'username_invalid',
  'username_taken',
  'extension_missing',
  'extension_invalid',
  'extension_not_dialable',
  'extension_reserved',
  'extension_taken',
  'extension_is_username',
  /** As `extension_taken`; `link` takes the account over. */
  'account_exists',
  'last_admin',
  /** Fewer than half of the known people are listed. */
  'mass_disable',
  /** Parts of the list could not be read: the person may be in one of them. */
  'list_incomplete',
] as const
export type PlanReason = (typeof PLAN_REASONS)[number]

/** What of a person is not taken over. */
export const PLAN_NOTES = [
  'email_invalid',
  'email_taken',
  'email_shared',
  'name_invalid',
  /** A word of the name has Latin letters beside Cyrillic or Greek ones. */
  'name_mixes_scripts',
  /** Several people have this name, so that the extension is added to it. */
  'name_shared',
] as const
export type PlanNote = (typeof PLAN_NOTES)[number]

/** One person, or one account without a person at the source. */
export interface PlanItem {
  action: PlanAction
  sourceId: string
  username: string
  extension: string | null
  /** The name as it will be; null: the username. */
  name: string | null
  /** Of the account, where there is one, as it was when the plan was made. */
  userId?: string | undefined
  revision?: number | undefined
  /** New values; of a new account all. */
  changes: Partial<ImportedValues> & { disabled?: boolean | undefined }
  /** What is stored as written by this import. */
  values: WrittenValues
  /** Members that a person has changed here: they stay. */
  kept: readonly (ImportedMember | 'disabled')[]
  reason?: PlanReason | undefined
  /** The account that has the name. */
  otherUser?: string | undefined
  notes: readonly PlanNote[]
  line?: number | undefined
}

export type PlanCounts = Record<PlanAction, number>

/** Whether accounts stay enabled because a part of the list could not be read. */
export const isDisablingHeldBack = ({
  options,
  lineErrors,
}: {
  options: Pick<ImportOptions, 'disableMissing' | 'allowMassDisable'>
  lineErrors: readonly LineError[]
}): boolean => lineErrors.length > 0 && options.disableMissing && !options.allowMassDisable

export interface ImportPlan {
  items: readonly PlanItem[]
  counts: PlanCounts
  /** Accounts that are made, and made disabled. */
  newDisabled: number
  lineErrors: readonly LineError[]
  /** Accounts would be disabled, and fewer than half of the known people are listed. */
  isMassDisable: boolean
}
