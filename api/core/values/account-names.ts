import { Refusal } from '../refusal.ts'
import { mixesScripts, normalizeText, stripInvisible, toAsciiDomain } from './email.ts'

/** What one account can be found by: people log in with any of the three, on every surface. */
export interface AccountNames {
  username: string
  extension: string | null
  email?: string | null
}

/**
 * The one form in which usernames, extensions and e-mail addresses are compared with each other: without blanks
 * around it and characters of no width, NFKC, in lower case (RFC 8265 §3.3), and of an address the domain in ASCII.
 * Applying it twice changes nothing.
 */
export function normalizeName(text: string): string {
  return toAsciiDomain(normalizeText(normalizeText(text).toLowerCase()))
}

/**
 * A name that looks like an extension or an address must be the account's own one. Otherwise it could stand in
 * the way of the person who has that extension or address, or gets it later.
 * @throws {Refusal} `input_invalid`
 */
export function requireOwnNames({ username, extension, email }: AccountNames): void {
  const name = normalizeName(username)
  if (mixesScripts(name)) {
    throw new Refusal('input_invalid', {
      detail: 'username: must be without letters of Latin beside Cyrillic or Greek ones',
    })
  }
  if (isNumericName(name) && (extension === null || normalizeName(extension) !== name)) {
    throw new Refusal('input_invalid', {
      detail: 'a username that is a number must be the account’s own extension',
    })
  }
  if (name.includes('@') && typeof email === 'string' && normalizeName(email) !== name) {
    throw new Refusal('input_invalid', { detail: 'a username with an @ is one’s own address' })
  }
}

/** @param name in normal form */
export const isNumericName = (name: string): boolean => /^\p{N}+$/u.test(name)

/** A name as it is stored and shown: as it was typed, without blanks around it; accents in one form (NFC). */
export const trimName = (name: string): string => stripInvisible(name).normalize('NFC')
