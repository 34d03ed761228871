/**
 * Prevents CSV formula injection whichever separator a spreadsheet uses: a cell of a comma-separated file becomes several
 * cells where the spreadsheet splits at semicolons, as in most of Europe, or at tabs.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */

/** The first character of a formula, in all widths and sizes; U+2212 is a minus too. */
const FORMULA_START = /[=+\-@−＝＋－＠﹦﹢﹣﹫⁺₊⁼₌]/u
/** A cell may begin after one of these. */
const CELL_SEPARATOR = /[,;|\t\r\n\v\f\u0085\u2028\u2029]/u
/** May precede the first character of a formula: programs skip or remove it. */
const SKIPPED = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}'"]/u
/** A phone number stays as it is: no program reads it as a formula. */
const NUMBER = /^\+[0-9]+$/
const ESCAPE = "'"

/** Inserts a `'` wherever a formula could begin, also before negative numbers; `unescapeFormula` reverses it. */
export function escapeFormula(text: string): string {
  if (hasNoFormula(text) || NUMBER.test(text)) return text
  const { characters, startsFormula } = findFormulas(text)
  return characters.map((one, at) => (startsFormula[at] ? ESCAPE + one : one)).join('')
}

/** Removes each `'` that `escapeFormula` or another program inserted before a formula. */
export function unescapeFormula(text: string): string {
  if (!text.includes(ESCAPE) || hasNoFormula(text)) return text
  const { characters, startsFormula } = findFormulas(text)
  return characters.filter((one, at) => !(one === ESCAPE && startsFormula[at])).join('')
}

/** A fast check, true for nearly all text: names, numbers, times. */
const hasNoFormula = (text: string) =>
  !FORMULA_START.test(text) || (STARTS_ALPHANUMERIC.test(text) && !CELL_SEPARATOR.test(text))
const STARTS_ALPHANUMERIC = /^[\p{L}0-9]/u

/** Finds where a cell, by any separator, begins with a formula. Linear time: scans once, from the end. */
function findFormulas(text: string): { characters: string[]; startsFormula: boolean[] } {
  const characters = [...text]
  const startsFormula: boolean[] = []
  let leadsToSign = false
  for (let at = characters.length - 1; at >= 0; at -= 1) {
    const one = characters[at] ?? ''
    leadsToSign = FORMULA_START.test(one) || (leadsToSign && SKIPPED.test(one))
    startsFormula[at] = leadsToSign && (at === 0 || CELL_SEPARATOR.test(characters[at - 1] ?? ''))
  }
  return { characters, startsFormula }
}
