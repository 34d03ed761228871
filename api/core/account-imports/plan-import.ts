import type { ExtensionRules } from '../dial-policy/dialable-extension.ts'
import { isNumericName, normalizeName } from '../values/account-names.ts'
import type { AccountSourceName, FetchedPeople } from './account-source.ts'
import {
  type ImportedValues,
  type ImportOptions,
  type ImportPlan,
  isDisablingHeldBack,
  type KnownAccount,
  PLAN_ACTIONS,
  type PlanCounts,
  type PlanItem,
  type PlanReason,
} from './import-plan.ts'
import { mergeAccount } from './merge-account.ts'
import { createNameIndex, type ExistingNames, type NameIndex } from './name-index.ts'
import { accountItem, itemOf, valuesOf } from './plan-item.ts'
import { type ReadPerson, readPerson, refusedNames } from './read-person.ts'

export interface PlanRequest {
  source: AccountSourceName
  fetched: FetchedPeople
  options: ImportOptions
  accounts: readonly KnownAccount[]
  names: ExistingNames
  policy: ExtensionRules
}

/**
 * Compares the people of a source with the accounts, one in each step. It changes nothing. An account belongs to a person by source and
 * id alone: an equal name or extension is a conflict, as it may be another person.
 */
export function* planImport(request: PlanRequest): Generator<void, ImportPlan> {
  const { source, fetched, options, accounts, names, policy } = request
  const index = createNameIndex(names)
  const people: ReadPerson[] = []
  const duplicates = createDuplicateFinder()
  for (const person of fetched.people) {
    const read = readPerson(person)
    people.push(read)
    index.add(read)
    duplicates.add(read)
    yield
  }
  const byId = new Map(accounts.map((account) => [account.id, account]))
  const own = accounts.filter((account) => account.source === source)
  const bySourceId = new Map(own.map((account) => [account.sourceId, account]))
  const admins = createAdminCounter(accounts)

  function planPerson(read: ReadPerson): PlanItem {
    const account = bySourceId.get(read.person.sourceId)
    if (duplicates.has(read)) return conflictOf(read, 'duplicate', account)
    if (read.reason !== undefined) return conflictOf(read, read.reason, account)
    const found = withUsableNames(read, index, account)
    if (account === undefined) return planNew(found)
    const extensionReason = extensionChangeReason(found, account)
    if (extensionReason !== undefined) return conflictOf(found, extensionReason, account)
    return admins.guard(mergeAccount(found, account), account)
  }

  /** Only an extension that changes is checked: an older account may have one that the policy denies today. */
  function extensionChangeReason(read: ReadPerson, account: KnownAccount): PlanReason | undefined {
    const { extension } = read
    if (extension === account.extension) return undefined
    const name = normalizeName(account.username)
    if (isNumericName(name) && name === normalizeName(account.extension ?? '')) return 'extension_is_username'
    if (extension === null) return undefined
    if (index.ownerOf(extension, account.id) !== undefined) return 'extension_taken'
    if (index.isReserved(extension)) return 'extension_reserved'
    const names = { username: account.username, extension, email: account.email }
    return refusedNames(names, policy)
  }

  function planNew(read: ReadPerson): PlanItem {
    const { username, extension, person } = read
    const refused = refusedNames(read, policy)
    if (refused !== undefined) return conflictOf(read, refused)
    const owner = [extension, username].flatMap((name) =>
      name === null ? [] : (byId.get(index.ownerOf(name) ?? '') ?? index.ownerOf(name) ?? []),
    )[0]
    if (typeof owner === 'object') {
      const isSamePerson = extension !== null ? owner.extension === extension : isSameName(owner, username)
      if (owner.source === null && isSamePerson) return planLink(read, owner)
      const reason =
        extension !== null && owner.extension === extension ? 'extension_taken' : 'username_taken'
      return { ...conflictOf(read, reason), otherUser: owner.username }
    }
    if (owner !== undefined) return conflictOf(read, 'username_taken')
    if (extension !== null && index.isReserved(extension)) return conflictOf(read, 'extension_reserved')
    const values: ImportedValues = { ...valuesOf(read), role: person.role ?? options.role }
    const disabled = person.disabled === true ? { disabled: true } : {}
    return {
      ...itemOf(read, 'create'),
      changes: { ...values, ...disabled },
      values: { ...valuesOf(read), ...disabled },
    }
  }

  function planLink(read: ReadPerson, owner: KnownAccount): PlanItem {
    if (!options.link) return { ...conflictOf(read, 'account_exists', owner), otherUser: owner.username }
    // As if an import had written the person's values: what differs was changed here, and stays.
    const { kept } = mergeAccount(read, { ...owner, lastImport: null })
    return { ...itemOf(read, 'link', owner), values: valuesOf(read), kept }
  }

  const seen = new Set(people.map(({ person }) => person.sourceId))
  const missing = own.filter(({ sourceId }) => !seen.has(sourceId ?? ''))
  const present = own.length - missing.length
  // Without those who left long ago.
  const leaving = missing.filter(({ disabled }) => !disabled).length
  const isMassDisable = options.disableMissing && leaving > 0 && present < leaving

  function planMissing(account: KnownAccount): PlanItem {
    const item: PlanItem = {
      ...accountItem(account, 'unchanged'),
      ...(account.disabled ? {} : { reason: 'missing' as const }),
    }
    if (account.disabled || !options.disableMissing) return item
    // An administrator has enabled it since the import disabled it.
    if (account.lastImport?.values.disabled === true)
      return { ...item, action: 'changed_here', kept: ['disabled'] }
    if (isDisablingHeldBack({ options, lineErrors: fetched.lineErrors }))
      return { ...item, action: 'conflict', reason: 'list_incomplete' }
    if (isMassDisable && !options.allowMassDisable)
      return { ...item, action: 'conflict', reason: 'mass_disable' }
    const disable: PlanItem = {
      ...item,
      action: 'disable',
      changes: { disabled: true },
      values: { ...item.values, disabled: true },
    }
    return admins.guard(disable, account)
  }

  const items: PlanItem[] = []
  for (const read of people) {
    items.push(planPerson(read))
    yield
  }
  for (const account of missing) {
    items.push(planMissing(account))
    yield
  }
  const newDisabled = items.filter(({ action, changes }) => action === 'create' && changes.disabled).length
  return { items, counts: countActions(items), newDisabled, lineErrors: fetched.lineErrors, isMassDisable }
}

/** Finds all people who share an id, an extension or a username with another: it is unknown which of them is right. */
function createDuplicateFinder() {
  const first = new Map<string, ReadPerson>()
  const duplicates = new Set<ReadPerson>()
  return {
    has: (read: ReadPerson) => duplicates.has(read),
    add(read: ReadPerson): void {
      const names = [read.username, read.extension ?? ''].filter((name) => name !== '').map(normalizeName)
      for (const key of new Set([`id:${read.person.sourceId}`, ...names])) {
        const other = first.get(key)
        if (other === undefined) first.set(key, read)
        else if (other !== read) duplicates.add(read).add(other)
      }
    },
  }
}

/** An address or a name that is another's is left out; the account does without it. */
function withUsableNames(read: ReadPerson, index: NameIndex, account?: KnownAccount): ReadPerson {
  const notes = [...read.notes]
  let { email } = read
  if (email !== null && index.isSharedEmail(email)) {
    notes.push('email_shared')
    email = null
  } else if (email !== null && index.ownerOf(email, account?.id) !== undefined) {
    notes.push('email_taken')
    email = null
  }
  const { name, isShared } = index.displayNameFor(read, account?.id)
  if (isShared) notes.push('name_shared')
  return { ...read, email, name, notes }
}

/** No import disables or demotes the last administrator who can sign in. */
function createAdminCounter(accounts: readonly KnownAccount[]) {
  let active = accounts.filter(({ role, disabled }) => role === 'admin' && !disabled).length
  return {
    guard(item: PlanItem, account: KnownAccount): PlanItem {
      const { disabled, role } = item.changes
      const isLost = disabled === true || (role !== undefined && role !== 'admin')
      if (account.role !== 'admin' || account.disabled || !isLost) return item
      if (active === 1) return { ...item, action: 'conflict', reason: 'last_admin', changes: {} }
      active -= 1
      return item
    },
  }
}

const isSameName = (owner: KnownAccount, username: string) =>
  normalizeName(owner.username) === normalizeName(username)

const conflictOf = (read: ReadPerson, reason: PlanReason, account?: KnownAccount): PlanItem => ({
  ...itemOf(read, 'conflict', account),
  reason,
})

function countActions(items: readonly PlanItem[]): PlanCounts {
  const counts = Object.fromEntries(PLAN_ACTIONS.map((action) => [action, 0])) as PlanCounts // each action has its entry
  for (const { action } of items) counts[action] += 1
  return counts
}
