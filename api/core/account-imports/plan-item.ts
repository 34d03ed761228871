import type { ImportedValues, KnownAccount, PlanItem } from './import-plan.ts'
import type { ReadPerson } from './read-person.ts'

export function valuesOf({ name, email, extension, person: { role } }: ReadPerson): ImportedValues {
  return { displayName: name, email, extension, ...(role === undefined ? {} : { role }) }
}

export function itemOf(read: ReadPerson, action: PlanItem['action'], account?: KnownAccount): PlanItem {
  const { person, username, extension, name, notes } = read
  return {
    action,
    sourceId: person.sourceId,
    username: account?.username ?? username,
    extension,
    name,
    ...(account === undefined ? {} : { userId: account.id, revision: account.revision }),
    changes: {},
    values: valuesOf(read),
    kept: [],
    notes,
    ...(person.line === undefined ? {} : { line: person.line }),
  }
}

/** Of an account that no person of the source belongs to. */
export function accountItem(account: KnownAccount, action: PlanItem['action']): PlanItem {
  const { id, sourceId, username, extension, displayName, email, revision } = account
  return {
    action,
    sourceId: sourceId ?? '',
    ...{ username, extension, name: displayName, userId: id, revision },
    changes: {},
    values: account.lastImport?.values ?? { displayName, email, extension },
    kept: [],
    notes: [],
  }
}
