import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delimiterOf, partsOf, rowsOf, type TableRow } from '../../../../api/core/leads/lead-table.ts'
import { line } from '../../../../api/dialects/csv.ts'

async function read(text: string): Promise<TableRow[]> {
  const rows: TableRow[] = []
  for await (const row of rowsOf(partsOf(text), delimiterOf(text))) rows.push(row)
  return rows
}

/** Text of everything that spreadsheets and parsers stumble over. */
const cell = fc
  .array(
    fc.oneof(
      fc.constantFrom('=', '+', '-', '@', "'", '"', ',', ';', '\t', '\n', '\r\n', '\r', ' ', '😀'),
      fc.string({ maxLength: 3 }),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((some) => some.join('').replaceAll('\0', '').trim())

describe('what is exported', () => {
  test('is read again as it was, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const text = [['phone', 'notes', 'name'], ...rows].map(line).join('')
          const expected = rows.filter((cells) => cells.some((one) => one !== ''))
          const found = (await read(text)).map(({ cells }) => [
            cells.phone ?? '',
            cells.notes ?? '',
            cells.name ?? '',
          ])
          expect(found.filter((cells) => cells.some((one) => one !== ''))).toEqual(expected)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test('a list is cut into parts that are whole characters, and is the same put together', () => {
  const long = fc
    .tuple(fc.integer({ min: 65_530, max: 65_540 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
    .map(([length, end]) => 'x'.repeat(length) + '😀'.repeat(5) + end)
  fc.assert(
    fc.property(long, (text) => {
      const parts = partsOf(text)
      expect(parts.join('')).toBe(text)
      expect(parts.every((part) => part.isWellFormed() && part.length > 0)).toBe(true)
    }),
  )
})

test.each([
  ['name,phone', ','],
  ['name;phone;"a,b,c,d"', ';'],
  ['name\tphone', '\t'],
  ['phone', ','],
])('%j is divided by %j', (header, delimiter) => {
  expect(delimiterOf(`${header}\r\n1;2;3;4`)).toBe(delimiter)
})

test('a row is told by the line on which it begins', async () => {
  const rows = await read('name,phone\na,1\n\n"b\nb\nb",2\r\nc,3\n')
  expect(rows.map((row) => [row.line, row.cells.phone])).toEqual([
    [2, '1'],
    [4, '2'],
    [7, '3'],
  ])
})

test('quotes amid a cell are what they are', async () => {
  expect((await read('name,phone\n5" pipe,1\n')).map(({ cells }) => cells.name)).toEqual(['5" pipe'])
})
