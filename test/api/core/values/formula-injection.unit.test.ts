import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeFormula, unescapeFormula } from '../../../../api/core/values/formula-injection.ts'
import { csvRow } from '../../../../api/http/csv-writer.ts'

/** Text of all that hides a formula, or looks like the end of a cell. */
const text = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(...'=+-@＝＋－＠−\'",;|\t\n\r \u00a0\u200b\ufeff\u2060\u200e19a'),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 2 }) },
    ),
    { maxLength: 12 },
  )
  .map((some) => some.join(''))

/** What a spreadsheet takes for a formula, when it has passed over what it does not show. */
const FORMULA = /^[\s"\u200b\ufeff\u2060\u200e]*[=+\-@＝＋－＠−]/u
const isFormula = (cell: string) => FORMULA.test(cell) && !/^\+[0-9]+$/.test(cell)

/** Also where the table, read so, ends within quotes. */
function cellsOf(table: string, delimiter: string): string[] {
  const options = { delimiter, relax_column_count: true, relax_quotes: true, record_delimiter: ['\r\n'] }
  const read = (text: string) => (parse(text, options) as string[][]).flat()
  try {
    return read(table)
  } catch {
    return read(`${table}"`)
  }
}

describe('no cell of a table is a formula', () => {
  const row = fc.array(text, { minLength: 1, maxLength: 4 })
  test('for a program that reads quotes, with any separator', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), (rows) => {
        const table = rows.map((cells) => csvRow(['1', ...cells])).join('')
        for (const delimiter of [',', ';', '\t', '|']) {
          expect(cellsOf(table, delimiter).filter(isFormula)).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })
  test('for a program that reads neither quotes nor line breaks within them', () => {
    fc.assert(
      fc.property(row, (cells) => {
        const read = csvRow(['1', ...cells]).split(/[,;|\t\r\n\v\f\u0085\u2028\u2029]/)
        expect(read.filter(isFormula)).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })
})

test('an escaped text is unescaped to the original', () => {
  fc.assert(
    fc.property(text, (one) => {
      expect(unescapeFormula(escapeFormula(one))).toBe(one)
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  ['a name', "O'Hara-Smith", "O'Hara-Smith"],
  ['a phone number', '+4930123456', '+4930123456'],
  ['a phone number as people write it', '+49 (30) 123-456', "'+49 (30) 123-456"],
  ['a negative number as text', '-5', "'-5"],
  ['a mail address', 'ada@example.org', 'ada@example.org'],
  ['a list in a note', '- one\n- two', "'- one\n'- two"],
  ['a sum behind a semicolon', 'King;=1+1', "King;'=1+1"],
  ['a sum behind a quote', 'King;"=1+1"', `King;'"=1+1"`],
  ['a sum behind blanks', '\u3000 =1', "'\u3000 =1"],
  ['a small sign', '﹦1', "'﹦1"],
])('%s', (_, one, written) => {
  expect(escapeFormula(one)).toBe(written)
})

test('phone numbers stay as they are', () => {
  expect(csvRow([-5, 0, 'x'])).toBe('-5,0,x\r\n')
})

test('a long cell of signs and separators is scanned in linear time', () => {
  const long = `${'\t'.repeat(200_000)}x${';='.repeat(100_000)}`
  const begun = performance.now()
  expect(unescapeFormula(escapeFormula(long))).toBe(long)
  expect(performance.now() - begun).toBeLessThan(5_000)
})
