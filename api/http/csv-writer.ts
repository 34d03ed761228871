import { z } from '@hono/zod-openapi'
import { escapeFormula } from '../core/values/formula-injection.ts'

/** CSV (RFC 4180) in UTF-8. */

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const
export type Delimiter = (typeof DELIMITERS)[keyof typeof DELIMITERS]

/** The query parameter of a CSV export. */
export const DelimiterQuery = z
  .enum(Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[]) // the keys of a constant
  .default('comma')
  .openapi({
    description: 'What divides cells. Where a comma divides decimals, Excel opens `semicolon` right',
  })
export const toDelimiter = (named: z.output<typeof DelimiterQuery>): Delimiter => DELIMITERS[named]

/** Without it Excel reads the file in the code page of its locale. CSV parsers drop it. */
const BYTE_ORDER_MARK = '\uFEFF'

/** Byte order mark and header row. */
export const csvHeader = (names: readonly string[], delimiter: Delimiter = ','): string =>
  BYTE_ORDER_MARK + csvRowWriter(delimiter)(names)

/** Text may come from any client or caller, so it is escaped where a spreadsheet would run it as a formula. */
export const csvRowWriter =
  (delimiter: Delimiter) =>
  (cells: readonly (string | number)[]): string =>
    `${cells.map((each) => (typeof each === 'number' ? String(each) : formatCell(each))).join(delimiter)}\r\n`
export const csvRow = csvRowWriter(',')

function formatCell(text: string): string {
  const safe = escapeFormula(text)
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Also separators that other programs use, and leading or trailing blanks that they would trim. */
const NEEDS_QUOTES = /[",;\t\r\n\v\f\u0085\u2028\u2029]|^\s|\s$/u
