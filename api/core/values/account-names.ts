import { Refusal } from '../refusal.ts'
import { mixesScripts, normalizeText, stripInvisible, toAsciiDomain } from './email.ts'

/** The names of an account: users log in with any of the three, on every surface. */
export interface AccountNames {
  username: string
  extension: string | null
  email?: string | null
}

/**
 * The normal form in which usernames, extensions and e-mail addresses are compared with each other: trimmed, without
 * zero-width characters, NFKC, lower case (RFC 8265 §3.3), and an address with its domain in ASCII. Idempotent.
 */
export function normalizeName(text: string): string {
  return toAsciiDomain(normalizeText(normalizeText(text).toLowerCase()))
}

/**
 * A username that looks like an extension or an address must be the account's own one. Otherwise it could block the
 * user who has that extension or address, or gets it later.
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

/** A name as it is stored and shown: as typed, trimmed, accents in one form (NFC). */
export const trimName = (name: string): string => stripInvisible(name).normalize('NFC')
