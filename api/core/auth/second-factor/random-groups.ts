import { randomInt } from 'node:crypto'
import { sha256 } from '../../../../runtime/hash.ts'

/** Base32 (RFC 4648) in lower case: 5 bits a character, without 0, 1, 8 and 9, which look like letters. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** @returns groups of 4 random characters, 20 bits each, joined by hyphens */
export const randomGroups = (count: number): string =>
  Array.from({ length: count }, () =>
    Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
  ).join('-')

/** A text of random groups as people type it: in any case, with blanks around it. */
export const normalizeGroups = (text: string): string => text.trim().toLowerCase()

/** Of a text with 80 random bits or more: such a text needs no slow hash. */
export const hashGroups = (text: string): string => sha256(normalizeGroups(text))
