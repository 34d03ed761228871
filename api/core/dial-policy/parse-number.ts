import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { Refusal } from '../refusal.ts'
import { hasMultipleNumbers } from './has-multiple-numbers.ts'

/** What a PBX is ever asked to dial. */
export const DIALABLE = /^\+?[0-9*#]{1,32}$/

/** Longer is no number, however many separators it has. */
const MAX_CHARACTERS = 64
/** Of that, what is not visible: a page or a phone puts a few marks around each number. */
const MAX_WITH_INVISIBLE = 256
/** ITU-T E.164 §6.1: digits of an international number, country code included. */
const MAX_INTERNATIONAL_DIGITS = 15
/** A digit for outside and 011 may stand before them. */
const MAX_DIGITS = 19

/**
 * A number as text without what is only for the eye: zero-width characters and bidi marks go (U+202A and its
 * kind, soft hyphens, U+FEFF), every kind of blank and the tab become a blank, and blanks at the ends go. U+202E stays
 * and makes it no number: it shows the digits in reverse, so that a person has read another one.
 */
export const toVisibleText = (text: string): string =>
  text
    .replace(/(?!\u202e)\p{Cf}/gu, '')
    .replace(/[\p{Zs}\t]/gu, ' ')
    .replace(/^ +| +$/g, '')

/**
 * The one reader of numbers, for every place where one comes in. Takes `tel:` (RFC 3966), blanks, hyphens, dots,
 * parentheses and a `/` from it, and `(0)` behind a country code. Nothing is guessed: digits of other scripts
 * and letters are refused, and so is what is not one number, such as two in a cell or `4930123456.0`.
 * @returns `^\+?[0-9*#]{1,32}$`
 * @throws {Refusal} `input_invalid`
 */
export function parseNumber(text: string): string {
  if (text.length > MAX_WITH_INVISIBLE) throw invalid(NOT_A_NUMBER)
  const shown = withoutScheme(toVisibleText(text)).replace(/[\p{Pd}\u2212\u2043]/gu, '-')
  if (shown.length > MAX_CHARACTERS) throw invalid(NOT_A_NUMBER)
  if (hasMultipleNumbers(shown)) throw invalid('this is more than one number')
  if (isFraction(shown)) throw invalid('a number does not end in a fraction, as a spreadsheet writes one')
  const number = withoutTrunkPrefix(shown).replace(SEPARATORS, '')
  if (!DIALABLE.test(number)) throw invalid(NOT_A_NUMBER)
  if (number.startsWith('+0')) throw invalid('no country code begins with 0')
  if (!/[*#]/.test(number) && isTooLong(number)) throw invalid('a phone number has up to 15 digits')
  return number
}

/**
 * The beginning of a number, as far as a user has typed it: `+`, `030/`, `+49 (0`.
 * @throws {Refusal} `input_invalid`
 */
export function parseNumberPrefix(text: string): string {
  const shown = toVisibleText(text.slice(0, MAX_WITH_INVISIBLE + 1))
  return shown === '+' ? shown : parseNumber(shown.replace(/(?:\/|\( ?0? ?)$/, ''))
}

const NOT_A_NUMBER = 'a number is up to 32 digits, * and #, with a + before them or not'

/** What people put between digits. A `/` at the ends would be a pattern's, so only the one within is taken. */
const SEPARATORS = /[ ().-]|(?<=[0-9)] ?)\/(?= ?[0-9(])/g

/** RFC 3966 §3. What follows a `;` changes what is meant: an extension behind the number, or where it holds. */
function withoutScheme(text: string): string {
  const [, rest] = /^tel:(?:\/\/)?(.*)$/is.exec(text) ?? []
  if (rest === undefined) return text
  let plain: string
  try {
    plain = toVisibleText(decodeURIComponent(rest))
  } catch {
    throw invalid('this is no tel: address')
  }
  if (plain.includes(';'))
    throw invalid('a tel: address with an extension or another parameter cannot be dialled')
  return plain
}

/**
 * `+49 (0)30` and `+49 (030)` are +4930. Where the numbers of a country begin with 0 themselves, as Italy's do, it stays.
 * @see ITU-T E.123 §7.2, by which it should not be written so
 */
function withoutTrunkPrefix(text: string): string {
  const [, start = '', area = '', rest = ''] =
    /^(\(?(?:\+|00|011)[\d ()+.-]*?)\( ?0 ?(\d*) ?\)(.*)$/.exec(text) ?? []
  if (!/[1-9]/.test(start)) return text
  const digits = `${start.replace(/^\(?(?:00|011)/, '')}0${area}${rest}`.replace(/[^0-9]/g, '')
  const kept = parsePhoneNumberFromString(`+${digits}`, { extract: false })
  const isOwn = kept?.isValid() === true && kept.nationalNumber.startsWith('0')
  return isOwn ? text : `${start}${area}${rest}`
}

/**
 * Digits, one dot, and two digits or zeros alone behind it. A single digit is one also behind other separators, and
 * `.0` behind other dots: as a group of a number such as `044 123 45.67` it has two digits or more.
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

const invalid = (detail: string) => new Refusal('input_invalid', { detail })
