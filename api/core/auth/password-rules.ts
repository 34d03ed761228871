import { invalidInput } from '../refusal.ts'
import { normalizeName } from '../values/account-names.ts'
import { opaqueString } from './password.ts'
import type { User } from './users.ts'

/** Names that a new password must not consist of. */
export type PasswordOwner = Partial<Pick<User, 'username' | 'extension' | 'email' | 'displayName'>>

export interface PasswordRulesNeeds {
  /** In characters (code points, NFC). */
  minLength: number
  /** Whether a text in lower case is one of the passwords that attackers try first. */
  isCommon: (text: string) => boolean
}

/**
 * Rules for a password that a person chooses: a length, no common or breached one, nothing that consists of the
 * account's own names or of the product's name. There are no rules about kinds of characters.
 * @see NIST SP 800-63B-4 §3.1.1.2
 * @throws {Refusal} `input_invalid`
 */
export type PasswordRules = (password: string, owner: PasswordOwner) => void

const PRODUCT = 'hookswitch'
/** A password has at least this many letters and digits beside the names in it. */
const MIN_BESIDE_NAMES = 4
/** Shorter names, such as `al`, occur within many words. */
const MIN_NAME_LENGTH = 3

export function createPasswordRules({ minLength, isCommon }: PasswordRulesNeeds): PasswordRules {
  return (password, owner) => {
    const text = opaqueString(password)
    if ([...text].length < minLength)
      throw invalidInput(
        `password: must have ${minLength} characters or more: several words are easy to remember`,
      )
    const folded = text.normalize('NFKC').toLowerCase()
    if (isCommon(folded) || isCommon(folded.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '')))
      throw invalidInput(
        'password: must not be a common one, which attackers try first: choose another, such as several words',
      )
    if (consistsOfNames(folded, owner))
      throw invalidInput(
        'password: must not consist of a name of the account or of this product: choose another, such as several words',
      )
  }
}

function consistsOfNames(
  folded: string,
  { username, extension, email, displayName }: PasswordOwner,
): boolean {
  const names = [
    username,
    extension,
    email,
    email?.split('@')[0],
    displayName,
    ...(displayName?.split(/\s+/) ?? []),
  ]
  const parts = [PRODUCT, ...names.map((name) => wordPartOf(normalizeName(name ?? '')))]
    .filter((name) => name.length >= MIN_NAME_LENGTH)
    .sort((a, b) => b.length - a.length)
  const body = wordPartOf(folded)
  const rest = parts.reduce((text, name) => text.replaceAll(name, ''), body)
  return rest.length < body.length && [...rest].length < MIN_BESIDE_NAMES
}

const wordPartOf = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')
