/**
 * Text in tables that must not become a formula when a spreadsheet opens them, whichever character the spreadsheet
 * divides cells by: what the comma keeps in one cell are several where it divides by semicolons, as in most of
 * Europe, or by tabs.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */

/** What a formula begins with, in all widths and sizes; U+2212 is a minus, too. */
const FORMULA_START = /[=+\-@−＝＋－＠﹦﹢﹣﹫⁺₊⁼₌]/u
/** After these a cell may begin. */
const CELL_SEPARATOR = /[,;|\t\r\n\v\f\u0085\u2028\u2029]/u
/** What may stand before a sign: programs pass over it, or take it off. */
const SKIPPED = /[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}'"]/u
/** A phone number stays readable: no reading of it is a formula. */
const NUMBER = /^\+[0-9]+$/
const ESCAPE = "'"

/** Writes a `'` wherever a formula could begin; `plain` gives back what it was. Negative numbers get one, too. */
export function escapeFormula(text: string): string {
  if (hasNoFormula(text) || NUMBER.test(text)) return text
  const { characters, startsFormula } = findFormulas(text)
  return characters.map((one, at) => (startsFormula[at] ? ESCAPE + one : one)).join('')
}

/** Takes away each `'` that `harmless` wrote, and that others write before such text. */
export function unescapeFormula(text: string): string {
  if (!text.includes(ESCAPE) || hasNoFormula(text)) return text
  const { characters, startsFormula } = findFormulas(text)
  return characters.filter((one, at) => !(one === ESCAPE && startsFormula[at])).join('')
}

/** Nearly all text is: names, numbers, times. */
const hasNoFormula = (text: string) =>
  !FORMULA_START.test(text) || (STARTS_WITH_A_LETTER.test(text) && !CELL_SEPARATOR.test(text))
const STARTS_WITH_A_LETTER = /^[\p{L}0-9]/u

/** Where cells of some reading begin with a formula. Linear: from the end, so that no run is looked at twice. */
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
