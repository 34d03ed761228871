import { z } from '@hono/zod-openapi'
import { harmless } from '../core/values/formula-injection.ts'

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
export const delimiterOf = (named: z.output<typeof DelimiterQuery>): Delimiter => DELIMITERS[named]

/** Without this mark, Excel reads a table in the code page of its country. A program that reads the table drops it. */
const MARK = '\uFEFF'

/** The first line of a table. */
export const head = (names: readonly string[], delimiter: Delimiter = ','): string =>
  MARK + lineBy(delimiter)(names)

/** Numbers are ours; text may come from any client or caller, and becomes no formula. */
export const lineBy =
  (delimiter: Delimiter) =>
  (cells: readonly (string | number)[]): string =>
    `${cells.map((each) => (typeof each === 'number' ? String(each) : cell(each))).join(delimiter)}\r\n`
export const line = lineBy(',')

function cell(text: string): string {
  const written = harmless(text)
  return NEEDS_QUOTES.test(written) ? `"${written.replaceAll('"', '""')}"` : written
}

/** Also what divides cells for others, and blanks that others would take off. */
const NEEDS_QUOTES = /[",;\t\r\n\v\f\u0085\u2028\u2029]|^\s|\s$/u
