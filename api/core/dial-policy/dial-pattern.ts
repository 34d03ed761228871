import { DIALABLE } from './parse-number.ts'

/**
 * Asterisk's dialplan patterns: `_` begins one; then `X` is 0-9, `Z` 1-9, `N` 2-9, `[13-5]` one of these, and
 * `.` at the end one digit or more. Without `_` the text is a number and must match as a whole. A leading `+`
 * matches itself.
 */
const PIECE = /[0-9*#XZN]|\[[0-9*#-]{1,20}\]/g
const SHAPE = /^\+?(?:[0-9*#XZN]|\[[0-9*#-]{1,20}\])*\.?$/
const SETS: Readonly<Record<string, string>> = { X: '[0-9]', Z: '[1-9]', N: '[2-9]', '*': '\\*' }

export function isDialPattern(text: string): boolean {
  if (text.length > 64) return false
  if (!text.startsWith('_')) return DIALABLE.test(text)
  return text.length > 1 && SHAPE.test(text.slice(1)) && toRegExp(text) !== undefined
}

/** @returns undefined for an invalid range in brackets, such as `[5-1]` */
function toRegExp(text: string): RegExp | undefined {
  const body = text.slice(1)
  const pieces = body.match(PIECE) ?? []
  const plus = body.startsWith('+') ? '\\+' : ''
  const rest = body.endsWith('.') ? '[0-9*#]+' : ''
  try {
    return new RegExp(`^${plus}${pieces.map((piece) => SETS[piece] ?? piece).join('')}${rest}$`)
  } catch {
    return undefined
  }
}

/** @returns the first pattern that matches any of the spellings of one number */
export function createPatternFinder(
  patterns: readonly string[],
): (...spellings: string[]) => string | undefined {
  const tests = patterns.map((text) => {
    const shape = text.startsWith('_') ? toRegExp(text) : undefined
    return { text, matches: (number: string) => (shape === undefined ? number === text : shape.test(number)) }
  })
  return (...spellings) => tests.find(({ matches }) => spellings.some(matches))?.text
}

export function createPatternMatcher(patterns: readonly string[]): (...spellings: string[]) => boolean {
  const find = createPatternFinder(patterns)
  return (...spellings) => find(...spellings) !== undefined
}
