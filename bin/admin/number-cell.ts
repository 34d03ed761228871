import type { DialPolicy } from '../../api/core/dial-policy/dial-policy.ts'
import type { Spellings } from '../../api/core/dial-policy/number-variants.ts'
import { legible } from '../../api/core/dial-policy/parse-number.ts'
import { Refusal } from '../../api/core/refusal.ts'

export type Rules = Pick<DialPolicy, 'spellings' | 'inside'>

/** A number, or why there is none. */
export type Read = { number: Spellings } | { fault: string }

export const digitsOf = (text: string) => text.replace(/\D/g, '')

const TIME = String.raw`(?:[ T]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d)?)?`
const DAY = '(?:0?[1-9]|[12][0-9]|3[01])'
const DATE = `(?:\\d{4}-\\d\\d-\\d\\d|${DAY}(?<sign>[./])${DAY}\\k<sign>(?:\\d{4}|\\d\\d))${TIME}`
export const IS_DATE = new RegExp(`^${DATE}$`)
const ENDS_WITH_DATE = new RegExp(`^(.*\\S) (?=(${DATE})$)`)
const DATES = new RegExp(`(?<![\\d./-])${DATE}(?![\\d./-])`, 'g')

export const NEVER = 'an emergency number is never on the list'

/** Digits of a number that is one for certain, among words. */
const WHOLE = 7

/** Words, and dates, which have digits. Words with a number among them are none: it would be lost. */
export function isComment(cell: string): boolean {
  if (cell === '' || IS_DATE.test(cell)) return true
  if (!/\p{L}/u.test(cell) || /^tel:/i.test(cell)) return false
  const runs = cell.replace(DATES, ' ').match(/(?<![\p{L}\p{N}@])\+?\d[\d ()./-]*/gu) ?? []
  return runs.every((run) => digitsOf(run).length < WHOLE)
}

/**
 * Reads a cell with one number. Words without a digit and a date behind a blank are comments, as is what stands behind
 * a `#` that follows a blank.
 */
export function readCell(cell: string, rules: Rules): Read {
  const text = legible(cell)
    .replace(/ #.*$/s, '')
    .replace(/^'+(?=[0-9(+])/, '')
  const [, words = ''] = /^[+(\d][^\p{L}]* [([]?(\p{L}[^\d]*)$/u.exec(text) ?? []
  if (words !== '') return readCell(text.slice(0, -words.length).replace(/[ ([,;:–-]+$/u, ''), rules)
  const [, before = '', date = ''] = ENDS_WITH_DATE.exec(text) ?? []
  const digits = digitsOf(before).length
  if (before !== '' && digits >= WHOLE) return readCell(before, rules)
  if (/\d{4}-|[./]\d{4}/.test(date)) {
    if (/^[+0(]/.test(before)) return { fault: 'this may be a number and a date, or a number alone' }
    return readCell(before, rules)
  }
  return read(text, rules)
}

function read(text: string, { spellings, inside }: Rules): Read {
  try {
    const number = spellings(text)
    return inside(number[0]) === 'emergency' ? { fault: NEVER } : { number }
  } catch (err) {
    if (err instanceof Refusal) return { fault: err.detail ?? err.code }
    throw err
  }
}

/** Digits of an area code or a country code, and of what follows it. */
const MOST_OF_A_PART = 5
const MOST_OF_THE_LAST = 8

/**
 * Reads a number whose first digits are in cells of their own. With a country, its plan must know the number; without
 * one, it must look like one of North America, or begin with a trunk 0 or a country code.
 */
export function readJoined(cells: readonly string[], rules: Rules): Read {
  const isJoinable = cells.every((cell, at) => {
    const digits = digitsOf(cell).length
    const isShort = digits > 0 && digits <= (at === cells.length - 1 ? MOST_OF_THE_LAST : MOST_OF_A_PART)
    return isShort && /^[\d ().-]+$/.test(at === 0 ? cell.replace(/^\+/, '') : cell)
  })
  if (!isJoinable) return { fault: 'these cells are not one number: an area code and the number behind it' }
  return whole(read(cells.join(' '), rules))
}

export const whole = (found: Read): Read =>
  'fault' in found || /^\+|^0\d{6,}$|^1?[2-9]\d{2}[2-9]\d{6}$/.test(found.number[0])
    ? found
    : { fault: 'with its area code this is no whole number' }

/** Reads a number beside columns for its area code and its country code, which may be empty. */
export function readBeside(
  text: string,
  { area, country = '' }: { area?: string | undefined; country?: string },
  rules: Rules,
): Read {
  const hasArea = area !== undefined && /\d/.test(area)
  // A column of area codes is there, and empty here: a part of a number is no extension.
  if (area !== undefined && !hasArea && !/\d/.test(country)) return whole(readCell(text, rules))
  if (/^\(?(?:\+|00|011[1-9])|^tel:/i.test(text) || (!hasArea && !/\d/.test(country)))
    return readCell(text, rules)
  const isLong = digitsOf(text).length > MOST_OF_THE_LAST
  const isWithArea = !hasArea || /^\(?0/.test(text) || isLong
  if (!/\d/.test(country)) return isWithArea ? readCell(text, rules) : readJoined([area, text], rules)
  if (!/^(?:\+|00)? ?[1-9](?:[ -]?\d){0,3}$/.test(country))
    return { fault: `${JSON.stringify(country)} is no country code` }
  const national = isWithArea ? text : `${area} ${text}`
  const code = digitsOf(country).replace(/^00/, '')
  // As +49 (0)30: the reader of numbers knows where the 0 stays.
  const joined = `+${code} ${national.replace(/^\(?0\)? ?/, '(0)').replace(/^(\(0\)[^()]*)\)/, '$1 ')}`
  return readCell(joined, rules)
}
