import { harmless } from '../core/formula.ts'

/** Tables as RFC 4180 has them, in UTF-8. */

/** Without this mark, Excel reads a table in the code page of its country. Whoever reads the table takes it off. */
const MARK = '\uFEFF'

/** The first line of a table. */
export const head = (names: readonly string[]): string => MARK + line(names)

/** Numbers are ours; text may come from anybody, and becomes no formula. */
export const line = (cells: readonly (string | number)[]): string =>
  `${cells.map((each) => (typeof each === 'number' ? String(each) : cell(each))).join(',')}\r\n`

function cell(text: string): string {
  const written = harmless(text)
  return NEEDS_QUOTES.test(written) ? `"${written.replaceAll('"', '""')}"` : written
}

/** Also what divides cells for others, and blanks that others would take off. */
const NEEDS_QUOTES = /[",;\t\r\n\v\f\u0085\u2028\u2029]|^\s|\s$/u
