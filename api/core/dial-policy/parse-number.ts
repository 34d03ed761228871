import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { invalidInput } from '../refusal.ts'
import { hasMultipleNumbers } from './has-multiple-numbers.ts'

/** What a PBX may be asked to dial. */
export const DIALABLE = /^\+?[0-9*#]{1,32}$/

/** A longer text is no number, however many separators it has. */
const MAX_CHARACTERS = 64
/** Limit with invisible characters, as pages and phones put a few marks around a number. */
const MAX_WITH_INVISIBLE = 256
/** ITU-T E.164 §6.1: digits of an international number, country code included. */
const MAX_INTERNATIONAL_DIGITS = 15
/** With an outside digit and 011 before them. */
const MAX_DIGITS = 19

/**
 * Removes what is only for display: zero-width characters and bidi marks (U+202A and its kind, soft hyphens,
 * U+FEFF), and blanks at the ends; every kind of blank and the tab become a blank. U+202E stays and makes the
 * text invalid: it shows the digits in reverse, so a person would read another number.
 */
export const toVisibleText = (text: string): string =>
  text
    .replace(/(?!\u202e)\p{Cf}/gu, '')
    .replace(/[\p{Zs}\t]/gu, ' ')
    .replace(/^ +| +$/g, '')

/**
 * The parser for every number that comes in. Accepts `tel:` (RFC 3966), blanks, hyphens, dots, parentheses
 * and a `/` from it, and `(0)` behind a country code. It guesses nothing: it refuses digits of other scripts,
 * letters, and any text that is not exactly one number, such as two in a cell or `4930123456.0`.
 * @returns `^\+?[0-9*#]{1,32}$`
 * @throws {Refusal} `input_invalid`
 */
export function parseNumber(text: string): string {
  if (text.length > MAX_WITH_INVISIBLE) throw invalidInput(NOT_A_NUMBER)
  const shown = withoutScheme(toVisibleText(text)).replace(/[\p{Pd}\u2212\u2043]/gu, '-')
  if (shown.length > MAX_CHARACTERS) throw invalidInput(NOT_A_NUMBER)
  if (hasMultipleNumbers(shown)) throw invalidInput('this is more than one number')
  if (isFraction(shown))
    throw invalidInput('a number does not end in a fraction, as a spreadsheet writes one')
  const number = withoutTrunkPrefix(shown).replace(SEPARATORS, '')
  if (!DIALABLE.test(number)) throw invalidInput(NOT_A_NUMBER)
  if (number.startsWith('+0')) throw invalidInput('no country code begins with 0')
  if (!/[*#]/.test(number) && isTooLong(number)) throw invalidInput('a phone number has up to 15 digits')
  return number
}

/**
 * Parses the beginning of a number that a user is typing: `+`, `030/`, `+49 (0`.
 * @throws {Refusal} `input_invalid`
 */
export function parseNumberPrefix(text: string): string {
  const shown = toVisibleText(text.slice(0, MAX_WITH_INVISIBLE + 1))
  return shown === '+' ? shown : parseNumber(shown.replace(/(?:\/|\( ?0? ?)$/, ''))
}

const NOT_A_NUMBER = 'a number is up to 32 digits, * and #, with a + before them or not'

/** Separators between digits. A `/` at an end would belong to a pattern, so only one between digits is accepted. */
const SEPARATORS = /[ ().-]|(?<=[0-9)] ?)\/(?= ?[0-9(])/g

/** RFC 3966 §3. Parameters behind a `;` change the meaning: an extension, or the context of the number. */
function withoutScheme(text: string): string {
  const [, rest] = /^tel:(?:\/\/)?(.*)$/is.exec(text) ?? []
  if (rest === undefined) return text
  let plain: string
  try {
    plain = toVisibleText(decodeURIComponent(rest))
  } catch {
    throw invalidInput('this is no tel: address')
  }
  if (plain.includes(';'))
    throw invalidInput('a tel: address with an extension or another parameter cannot be dialled')
  return plain
}

/**
 * `+49 (0)30` and `+49 (030)` mean +4930. Where national numbers themselves begin with 0, as in Italy, the 0
 * stays.
 * @see ITU-T E.123 §7.2, which discourages this notation
 */
function withoutTrunkPrefix(text: string): string {
  const [, start = '', area = '', rest = ''] =
    /^(\(?(?:\+|00|011)[\d ()+.-]*?)\( ?0 ?(\d*) ?\)(.*)$/.exec(text) ?? []
  if (!/[1-9]/.test(start)) return text
  const digits = `${start.replace(/^\(?(?:00|011)/, '')}0${area}${rest}`.replace(/[^0-9]/g, '')
  const withZero = parsePhoneNumberFromString(`+${digits}`, { extract: false })
  const isOwn = withZero?.isValid() === true && withZero.nationalNumber.startsWith('0')
  return isOwn ? text : `${start}${area}${rest}`
}

/**
 * Digits, one dot, and two digits or only zeros behind it. A single digit counts also behind other
 * separators, and `.0` behind other dots: a group of a number such as `044 123 45.67` has two digits or more.
 */
function isFraction(text: string): boolean {
  const [before = '', ...more] = text.split('.')
  const after = more.at(-1)
  if (after === undefined) return false
  if (more.length > 1) return after === '0'
  if (/^\d$/.test(after)) return true
  return /^\+?\d+$/.test(before) && (/^\d\d$/.test(after) || (/^0+$/.test(after) && before.length > 6))
}

function isTooLong(number: string): boolean {
  const international = /^(?:\+|00|011)(.*)$/.exec(number)?.[1]
  return international === undefined
    ? number.length > MAX_DIGITS
    : international.length > MAX_INTERNATIONAL_DIGITS
}
