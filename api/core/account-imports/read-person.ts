import { type ExtensionRules, isDialableExtension } from '../dial-policy/dialable-extension.ts'
import { Refusal } from '../refusal.ts'
import { normalizeName, requireOwnNames, trimName } from '../values/account-names.ts'
import { DisplayName, mixesScriptsInWord } from '../values/display-name.ts'
import { Email } from '../values/email.ts'
import { ACCOUNT_EXTENSION } from '../values/extension.ts'
import type { SourcePerson } from './account-source.ts'
import type { PlanNote, PlanReason } from './import-plan.ts'

/** A person with texts in normal form. */
export interface ReadPerson {
  person: SourcePerson
  username: string
  extension: string | null
  name: string | null
  email: string | null
  notes: PlanNote[]
  /** Why there can be no such account. */
  reason?: PlanReason
}

const USERNAME = /^[^\s\p{C}]{1,128}$/u

export function readPerson(person: SourcePerson): ReadPerson {
  const notes: PlanNote[] = []
  const extension = person.extension === null ? null : trimName(person.extension) || null
  const username = trimName(person.username ?? '') || extension || ''
  return {
    person,
    extension,
    username,
    name: readName(person.name, { username, extension }, notes),
    // A username that is an address is the account's own one.
    email: readEmail(person.email, notes) ?? Email.safeParse(username).data ?? null,
    notes,
    ...reasonOf(username, extension),
  }
}

function readName(
  text: string | null,
  { username, extension }: Pick<ReadPerson, 'username' | 'extension'>,
  notes: PlanNote[],
): string | null {
  const name = trimName((text ?? '').replace(/\s+/gu, ' '))
  // PBXs name an extension by its number until a person has it.
  if (name === '' || name === username || normalizeName(name) === normalizeName(extension ?? '')) return null
  const read = DisplayName.safeParse(name)
  if (!read.success) notes.push('name_invalid')
  else if (mixesScriptsInWord(read.data)) notes.push('name_mixes_scripts')
  else return read.data
  return null
}

function readEmail(text: string | null, notes: PlanNote[]): string | null {
  if (text === null || text.trim() === '') return null
  const read = Email.safeParse(text)
  if (!read.success) notes.push('email_invalid')
  return read.data ?? null
}

function reasonOf(username: string, extension: string | null): { reason?: PlanReason } {
  if (username === '') return { reason: 'extension_missing' }
  if (extension !== null && !ACCOUNT_EXTENSION.test(extension)) return { reason: 'extension_invalid' }
  return USERNAME.test(username) ? {} : { reason: 'username_invalid' }
}

/** Whether an account may have these names, apart from other accounts. */
export function refusedNames(
  { username, extension, email }: Pick<ReadPerson, 'username' | 'extension' | 'email'>,
  policy: ExtensionRules,
): PlanReason | undefined {
  if (extension !== null && !isDialableExtension(extension, policy)) return 'extension_not_dialable'
  try {
    requireOwnNames({ username, extension, email })
    return undefined
  } catch (err) {
    if (err instanceof Refusal) return 'username_invalid'
    throw err
  }
}
