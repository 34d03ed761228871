import { z } from '@hono/zod-openapi'
import { escapeFormula } from '../core/values/formula-injection.ts'

/** Tables as RFC 4180 has them, in UTF-8. */

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t' } as const
export type Delimiter = (typeof DELIMITERS)[keyof typeof DELIMITERS]

/** For the query of a table. */
export const DelimiterQuery = z
  .enum(Object.keys(DELIMITERS) as (keyof typeof DELIMITERS)[]) // of exactly these members
  .default('comma')
  .openapi({
    description: 'What divides cells. Where a comma divides decimals, Excel opens `semicolon` right',
  })
export const toDelimiter = (named: z.output<typeof DelimiterQuery>): Delimiter => DELIMITERS[named]

/** Without this mark, Excel reads a table in the code page of its country. A program that reads the table drops it. */
const BYTE_ORDER_MARK = '\uFEFF'

/** The first line of a table. */
export const csvHeader = (names: readonly string[], delimiter: Delimiter = ','): string =>
  BYTE_ORDER_MARK + csvRowWriter(delimiter)(names)

/** Numbers are ours; text may come from any client or caller, and becomes no formula. */
export const csvRowWriter =
  (delimiter: Delimiter) =>
  (cells: readonly (string | number)[]): string =>
    `${cells.map((each) => (typeof each === 'number' ? String(each) : formatCell(each))).join(delimiter)}\r\n`
export const csvRow = csvRowWriter(',')

function formatCell(text: string): string {
  const safe = escapeFormula(text)
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Also what divides cells for others, and blanks that others would take off. */
const NEEDS_QUOTES = /[",;\t\r\n\v\f\u0085\u2028\u2029]|^\s|\s$/u
