import { normalizeName } from '../values/account-names.ts'
import {
  IMPORTED_MEMBERS,
  type ImportedMember,
  type ImportedValues,
  type KnownAccount,
  type PlanItem,
} from './import-plan.ts'
import { itemOf, valuesOf } from './plan-item.ts'
import type { ReadPerson } from './read-person.ts'

/**
 * Merges a person into their account, member by member. What the account has unlike the last import was changed here: it
 * stays, and is listed as `kept`. Without a last import everything that differs was changed here.
 */
export function mergeAccount(read: ReadPerson, account: KnownAccount): PlanItem {
  const { lastImport } = account
  const wanted = valuesOf(read)
  const changes: PlanItem['changes'] = {}
  const kept: PlanItem['kept'][number][] = []
  const values: PlanItem['values'] = { ...wanted }

  for (const member of IMPORTED_MEMBERS) {
    if (wanted[member] === undefined) continue
    const isUnusable = member === 'email' && read.notes.some((note) => note.startsWith('email_'))
    // An address that cannot be used changes nothing.
    if (isUnusable) restore(values, member, lastImport?.values ?? account)
    else if (isEqual(member, wanted[member], account[member])) continue
    else if (lastImport !== null && isEqual(member, lastImport.values[member], account[member]))
      Object.assign(changes, { [member]: wanted[member] })
    else kept.push(member)
  }
  // A username that is an address is the account's own one.
  if (changes.email !== undefined && account.username.includes('@')) {
    delete changes.email
    kept.push('email')
  }

  const isWantedDisabled = read.person.disabled === true
  const wasDisabledByImport = lastImport?.values.disabled === true
  if (isWantedDisabled && !account.disabled) {
    if (wasDisabledByImport) kept.push('disabled')
    else changes.disabled = true
  } else if (!isWantedDisabled && account.disabled) {
    if (account.isDisabledBySource) changes.disabled = false
    else kept.push('disabled')
  }
  if (isWantedDisabled && (wasDisabledByImport || changes.disabled === true)) values.disabled = true

  const isChanged = Object.keys(changes).length > 0
  const action =
    changes.disabled === true
      ? 'disable'
      : changes.disabled === false
        ? 'enable'
        : isChanged
          ? 'change'
          : kept.length > 0
            ? 'changed_here'
            : 'unchanged'
  return {
    ...itemOf(read, action, account),
    ...(changes.disabled === true ? { reason: 'disabled_at_source' as const } : {}),
    changes,
    values,
    kept,
  }
}

function restore(values: ImportedValues, member: ImportedMember, from: ImportedValues): void {
  Object.assign(values, { [member]: from[member] ?? null })
}

function isEqual(
  member: ImportedMember,
  a: string | null | undefined,
  b: string | null | undefined,
): boolean {
  if (member === 'email' && typeof a === 'string' && typeof b === 'string')
    return normalizeName(a) === normalizeName(b)
  return (a ?? null) === (b ?? null)
}
