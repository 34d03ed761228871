import type { Entry } from 'ldapts'
import { highestRole } from '../core/auth/highest-role.ts'
import type { DirectoriesFile } from '../core/auth/ldap/directories-file.ts'
import type { DirectoryEntry } from '../core/auth/ldap/directory.ts'
import { normalizeDn } from '../core/auth/ldap/distinguished-name.ts'
import { guidToText, isGuidAttribute } from './unique-id.ts'

export type EntrySettings = Pick<
  DirectoriesFile['directories'][number],
  'attributes' | 'group_attribute' | 'roles' | 'required_group'
>

/** What accounts need of an entry before its groups are known. */
export type Person = Omit<DirectoryEntry, 'role' | 'barred'> & {
  isDisabled: boolean
  /** Names of groups, as the entry lists them. */
  groups: string[]
}

const MAX_ID_LENGTH = 1_000

/** Flags of Active Directory: the account is disabled. */
const ACCOUNT_DISABLED = 0x2

/** Attributes to ask for. */
export const attributesToRead = ({ attributes, group_attribute: groups }: EntrySettings): string[] => [
  ...new Set([
    ...Object.values(attributes).flatMap((name) => (name === undefined || name === 'dn' ? [] : [name])),
    groups,
    'userAccountControl',
    'nsAccountLock',
  ]),
]

/** @returns undefined without exactly one unique id, or without a username */
export function readPerson(entry: Entry, settings: EntrySettings): Person | undefined {
  const { attributes, group_attribute: groupAttribute } = settings
  const values = valuesByAttribute(entry)
  const textsOf = (attribute: string | undefined): string[] =>
    (attribute === undefined ? [] : (values.get(attribute.toLowerCase()) ?? [])).flatMap(
      (value) => toText(value) ?? [],
    )
  const firstOf = (attribute: string | undefined) => textsOf(attribute)[0] ?? null

  const ids =
    attributes.unique_id === 'dn' ? [entry.dn] : (values.get(attributes.unique_id.toLowerCase()) ?? [])
  const [id] = ids
  const sourceId = ids.length === 1 && id !== undefined ? toSourceId(attributes.unique_id, id) : undefined
  const username = firstOf(attributes.username)
  if (sourceId === undefined || sourceId === '' || username === null || !entry.dn.includes('='))
    return undefined
  return {
    dn: entry.dn,
    sourceId,
    username,
    email: firstOf(attributes.email),
    displayName: firstOf(attributes.display_name),
    extension: firstOf(attributes.extension)?.replace(/[\s().-]/g, '') || null,
    isDisabled:
      (Number(firstOf('userAccountControl') ?? 0) & ACCOUNT_DISABLED) !== 0 ||
      /^true$/i.test(firstOf('nsAccountLock') ?? ''),
    groups: textsOf(groupAttribute),
  }
}

/** The strongest role of the groups, and whether the person may sign in. A group that is gone gives nothing. */
export function toDirectoryEntry(
  { isDisabled, groups, ...person }: Person,
  { roles, required_group: required }: EntrySettings,
): DirectoryEntry {
  const own = new Set(groups.map(normalizeDn))
  own.delete(undefined)
  const isIn = (group: string) => own.has(normalizeDn(group))
  const role = highestRole(Object.entries(roles).flatMap(([group, role]) => (isIn(group) ? role : [])))
  const isOutside = required !== undefined && !isIn(required)
  return {
    ...person,
    role,
    barred: isDisabled ? 'disabled' : isOutside ? 'not_in_required_group' : undefined,
  }
}

/** Servers may spell the names of attributes in their own way. */
function valuesByAttribute({ dn: _, ...attributes }: Entry): Map<string, (Buffer | string)[]> {
  const all = Object.entries(attributes as Record<string, Entry[string]>)
  return new Map(
    all.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? [...value] : [value]]),
  )
}

function toText(value: Buffer | string): string | undefined {
  const text = typeof value === 'string' ? value : undefined
  return text === undefined || text === '' ? undefined : text
}

function toSourceId(attribute: string, value: Buffer | string): string | undefined {
  if (isGuidAttribute(attribute)) return guidToText(typeof value === 'string' ? Buffer.from(value) : value)
  const text = toText(value)
  return text === undefined || text.length > MAX_ID_LENGTH || /\p{C}/u.test(text) ? undefined : text
}
