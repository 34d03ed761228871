/** Minimum digits of each of two numbers in one text. */
const MIN_COMPLETE_DIGITS = 7
/** Digits of the longest area code: behind a country code, behind a 0, or alone. */
const MAX_AREA_CODE_DIGITS = { international: 8, national: 6, bare: 4 } as const

/**
 * Whether a text contains two numbers. Blanks, hyphens and slashes also occur within a number, so the lengths
 * of both sides decide:
 * - a single `/` separates an area code: `030/123456`, not `030123456/57`, not `12345/12346`;
 * - two sides with 7 digits or more are two numbers if the second begins with a trunk 0, or if `/`, two
 *   blanks, or a hyphen between blanks separates them.
 * @param text with `-` for every hyphen and ` ` for every blank
 */
export function hasMultipleNumbers(text: string): boolean {
  return hasSlashAfterNumber(text) || hasTwoCompleteNumbers(text)
}

function hasSlashAfterNumber(text: string): boolean {
  const parts = text.split('/')
  const [first = '', second] = parts
  if (second === undefined) return false
  // As in 01/23/45/67/89.
  if (parts.length > 2) return parts.some((part) => digitsOf(part).length > 4)
  const start = digitsOf(first)
  if (/^\(?\+/.test(first.trim())) return start.length > MAX_AREA_CODE_DIGITS.international
  const abroad = /^(?:00|011)(.*)$/.exec(start)?.[1]
  if (abroad !== undefined && abroad.length > 3) return abroad.length > MAX_AREA_CODE_DIGITS.international
  return start.length > (start.startsWith('0') ? MAX_AREA_CODE_DIGITS.national : MAX_AREA_CODE_DIGITS.bare)
}

function hasTwoCompleteNumbers(text: string): boolean {
  for (const { index, 0: separator } of text.matchAll(/[^0-9+*#]+/g)) {
    const before = digitsOf(text.slice(0, index)).replace(/^(?:00|011)(?=[1-9])/, '')
    const after = digitsOf(text.slice(index))
    if (before.length < MIN_COMPLETE_DIGITS || after.length < MIN_COMPLETE_DIGITS) continue
    if (after.startsWith('0') || /\/| {2}| - /.test(separator)) return true
  }
  return false
}

const digitsOf = (text: string) => text.replace(/[^0-9]/g, '')
