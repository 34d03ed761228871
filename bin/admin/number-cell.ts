import { EMERGENCY_NEVER_LISTED } from '../../api/core/call-center/leads/do-not-call-admin.ts'
import type { DialPolicy } from '../../api/core/dial-policy/dial-policy.ts'
import type { NumberVariants } from '../../api/core/dial-policy/number-variants.ts'
import { toVisibleText } from '../../api/core/dial-policy/parse-number.ts'
import { Refusal } from '../../api/core/refusal.ts'

export type NumberRules = Pick<DialPolicy, 'variants' | 'reservedKind'>

/** A number, or why there is none. */
export type ParsedNumber = { number: NumberVariants } | { reason: string }

export const digitsOf = (text: string) => text.replace(/\D/g, '')

const TIME = String.raw`(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d)?)?`
const DAY = '(?:0?[1-9]|[12][0-9]|3[01])'
const DATE = `(?:\\d{4}-\\d\\d-\\d\\d|${DAY}(?<sign>[./])${DAY}\\k<sign>(?:\\d{4}|\\d\\d))${TIME}`
export const DATE_PATTERN = new RegExp(`^${DATE}$`)
const TRAILING_DATE_PATTERN = new RegExp(`^(.*\\S) (?=(${DATE})$)`)
const DATES = new RegExp(`(?<![\\d./-])${DATE}(?![\\d./-])`, 'g')

/** Digits of a number that is one for certain, among words. */
const MIN_WHOLE_NUMBER_DIGITS = 7

/** Words, and dates, which have digits. Words with a number among them are none: it would be lost. */
export function isComment(cell: string): boolean {
  if (cell === '' || DATE_PATTERN.test(cell)) return true
  if (!/\p{L}/u.test(cell) || /^tel:/i.test(cell)) return false
  const runs = cell.replace(DATES, ' ').match(/(?<![\p{L}\p{N}@])\+?\d[\d ()./-]*/gu) ?? []
  return runs.every((run) => digitsOf(run).length < MIN_WHOLE_NUMBER_DIGITS)
}

/**
 * Reads a cell with one number. Words without a digit and a date behind a blank are comments, as is what stands behind
 * a `#` that follows a blank.
 */
export function parseNumberCell(cell: string, rules: NumberRules): ParsedNumber {
  const text = toVisibleText(cell)
    .replace(/ #.*$/s, '')
    .replace(/^'+(?=[0-9(+])/, '')
  const [, words = ''] = /^[+(\d][^\p{L}]* [([]?(\p{L}[^\d]*)$/u.exec(text) ?? []
  if (words !== '') return parseNumberCell(text.slice(0, -words.length).replace(/[ ([,;:–-]+$/u, ''), rules)
  const [, before = '', date = ''] = TRAILING_DATE_PATTERN.exec(text) ?? []
  const digits = digitsOf(before).length
  if (before !== '' && digits >= MIN_WHOLE_NUMBER_DIGITS) return parseNumberCell(before, rules)
  if (/\d{4}-|[./]\d{4}/.test(date)) {
    if (/^[+0(]/.test(before)) return { reason: 'this may be a number and a date, or a number alone' }
    return parseNumberCell(before, rules)
  }
  return parseNumber(text, rules)
}

function parseNumber(text: string, { variants, reservedKind }: NumberRules): ParsedNumber {
  try {
    const number = variants(text)
    return reservedKind(number[0]) === 'emergency' ? { reason: EMERGENCY_NEVER_LISTED } : { number }
  } catch (err) {
    if (err instanceof Refusal) return { reason: err.detail ?? err.code }
    throw err
  }
}

/** Digits of an area code or a country code, and of what follows it. */
const MAX_PREFIX_DIGITS = 5
const MAX_SUBSCRIBER_DIGITS = 8

/**
 * Reads a number with its first digits in cells of their own. With a country, its plan must know the number; without
 * one, it must look like one of North America, or begin with a trunk 0 or a country code.
 */
export function parseSplitNumber(cells: readonly string[], rules: NumberRules): ParsedNumber {
  const isJoinable = cells.every((cell, at) => {
    const digits = digitsOf(cell).length
    const isShort =
      digits > 0 && digits <= (at === cells.length - 1 ? MAX_SUBSCRIBER_DIGITS : MAX_PREFIX_DIGITS)
    return isShort && /^[\d ().-]+$/.test(at === 0 ? cell.replace(/^\+/, '') : cell)
  })
  if (!isJoinable) return { reason: 'these cells are not one number: an area code and the number behind it' }
  return requireWholeNumber(parseNumber(cells.join(' '), rules))
}

export const requireWholeNumber = (found: ParsedNumber): ParsedNumber =>
  'reason' in found || /^\+|^0\d{6,}$|^1?[2-9]\d{2}[2-9]\d{6}$/.test(found.number[0])
    ? found
    : { reason: 'with its area code this is no whole number' }

/** Reads a number beside columns for its area code and its country code, which may be empty. */
export function parseWithPrefixColumns(
  text: string,
  { area, country = '' }: { area?: string | undefined; country?: string },
  rules: NumberRules,
): ParsedNumber {
  const hasArea = area !== undefined && /\d/.test(area)
  // A column of area codes is there, and empty here: a part of a number is no extension.
  if (area !== undefined && !hasArea && !/\d/.test(country))
    return requireWholeNumber(parseNumberCell(text, rules))
  if (/^\(?(?:\+|00|011[1-9])|^tel:/i.test(text) || (!hasArea && !/\d/.test(country)))
    return parseNumberCell(text, rules)
  const isLong = digitsOf(text).length > MAX_SUBSCRIBER_DIGITS
  const isWithArea = !hasArea || /^\(?0/.test(text) || isLong
  if (!/\d/.test(country))
    return isWithArea ? parseNumberCell(text, rules) : parseSplitNumber([area, text], rules)
  if (!/^(?:\+|00)? ?[1-9](?:[ -]?\d){0,3}$/.test(country))
    return { reason: `${JSON.stringify(country)} is no country code` }
  const national = isWithArea ? text : `${area} ${text}`
  const code = digitsOf(country).replace(/^00/, '')
  // As +49 (0)30: the reader of numbers knows where the 0 stays.
  const joined = `+${code} ${national.replace(/^\(?0\)? ?/, '(0)').replace(/^(\(0\)[^()]*)\)/, '$1 ')}`
  return parseNumberCell(joined, rules)
}
