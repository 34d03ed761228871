import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRows } from '../../../../../api/core/call-center/leads/csv-reader.ts'
import { detectDelimiter } from '../../../../../api/core/call-center/leads/detect-delimiter.ts'
import type { ImportRow } from '../../../../../api/core/call-center/leads/import-row.ts'
import { cleanName } from '../../../../../api/core/call-center/leads/lead-name.ts'
import { parseLeadRow } from '../../../../../api/core/call-center/leads/parse-lead-row.ts'
import { splitChunks } from '../../../../../api/core/call-center/leads/split-chunks.ts'
import { csvHeader, csvRow } from '../../../../../api/http/csv-writer.ts'

async function read(text: string): Promise<ImportRow[]> {
  const rows: ImportRow[] = []
  for await (const row of readRows(splitChunks(text), { delimiter: detectDelimiter(text), mapping: null }))
    rows.push(row)
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

describe('an exported list', () => {
  test('is imported again without a change, with any text in its cells', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell.map(cleanName)), { minLength: 1, maxLength: 20 }),
        async (rows) => {
          const table = csvHeader(['phone', 'notes', 'name']) + rows.map(csvRow).join('')
          const text = new TextDecoder().decode(new TextEncoder().encode(table))
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

test('chunks hold whole characters, and joined they are the list again', () => {
  const long = fc
    .tuple(fc.integer({ min: 65_530, max: 65_540 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
    .map(([length, end]) => 'x'.repeat(length) + '😀'.repeat(5) + end)
  fc.assert(
    fc.property(long, (text) => {
      const parts = splitChunks(text)
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
  ['name|phone', '|'],
  ['Name, Vorname;Telefon', ';'],
  ['"Phone\nNumber";Name', ';'],
  ['\n;;\n\nName;Telefon', ';'],
  ['sep=;\r\nname,phone', ';'],
  ['SEP=\t\nname,phone', '\t'],
  ['"sep=|"\rname,phone', '|'],
])('%j is divided by %j', (header, delimiter) => {
  expect(detectDelimiter(`${header}\r\n1;2;3;4`)).toBe(delimiter)
})

test('a row is numbered by its first line', async () => {
  const rows = await read('name,phone\na,1\n\n"b\nb\nb",2\r\nc,3\n')
  expect(rows.map((row) => [row.line, row.cells.phone])).toEqual([
    [2, '1'],
    [4, '2'],
    [7, '3'],
  ])
})

test('quotes inside a cell are plain text', async () => {
  expect((await read('name,phone\n5" pipe,1\n')).map(({ cells }) => cells.name)).toEqual(['5" pipe'])
})

describe('the header', () => {
  test.each([
    ['is the first row', 'name,phone\nAda,1\n'],
    ['comes after blank lines', '\n \n,,\nname,phone\nAda,1\n'],
    ['comes after Excel’s line', 'sep=,\r\nname,phone\r\nAda,1\r\n'],
    ['comes after Excel’s line with the delimiters that a spreadsheet added', 'sep=;;;\nname;phone\nAda;1\n'],
    ['ends at a carriage return', 'name,phone\rAda,1\r'],
    ['may contain line breaks', '"name","phone\n(work)"\nAda,1\n'],
    ['may end with unnamed columns', 'name,phone,,\nAda,1,,\n'],
    ['may have fewer cells than the rows if the extra cells are empty', 'name,phone\nAda,1,,,\n'],
    ['may be followed by trailing blank rows', 'name;phone\nAda;1\n;;;;\n;\n\n'],
  ])('%s', async (_, text) => {
    const rows = await read(text)
    expect(rows.map(({ cells, error }) => [cells, error])).toEqual([[{ name: 'Ada', phone: '1' }, undefined]])
  })
  test('is not Excel’s separator line, also if no row follows it', async () => {
    await expect(read('sep=;\n')).rejects.toMatchObject({ detail: 'the list is empty' })
  })
})

describe('a row', () => {
  type Odd = [string | null, string]
  test.each<[string, string, ImportRow['cells'], Odd[]]>([
    ['uses the first phone that is filled', 'name,phone,mobile\nAda,,2\n', { name: 'Ada', phone: '2' }, []],
    [
      'uses the first of two phones and warns about the other',
      'name,phone,Mobile\nAda,1,2\n',
      { name: 'Ada', phone: '1' },
      [['Mobile', 'left out: the phone was taken from “phone”']],
    ],
    [
      'accepts the same phone in two columns',
      'name,phone,mobile\nAda,1,1\n',
      { name: 'Ada', phone: '1' },
      [],
    ],
    [
      'skips a phone cell that holds a word',
      'name,Phone,mobile\nAda,n/a,2\n',
      { name: 'Ada', phone: '2' },
      [['Phone', 'left out: the phone was taken from “mobile”']],
    ],
    [
      'splits several phones in one cell, as Google writes them',
      'name,phone\nAda,+49301 ::: +49302\n',
      { name: 'Ada', phone: '+49301' },
      [['phone', 'the first of several was taken']],
    ],
    [
      'does not split a note',
      'name,phone,notes\nAda,1,a ::: b\n',
      { name: 'Ada', phone: '1', notes: 'a ::: b' },
      [],
    ],
    [
      'reads a phone written as a text formula',
      'name,phone\nAda,"=""0301"""\n',
      { name: 'Ada', phone: '0301' },
      [],
    ],
    [
      'reads such a formula without outer quotes',
      'name;phone\nAda;="0301"\n',
      { name: 'Ada', phone: '0301' },
      [],
    ],
    [
      'uses the company as the name if there is no person',
      'Firma,phone\nACME GmbH,1\n',
      { name: 'ACME GmbH', company: 'ACME GmbH', phone: '1' },
      [['Firma', 'there is no name: the lead bears the company’s']],
    ],
  ])('%s', async (_, text, cells, odd) => {
    const [row] = await read(text)
    expect(row?.cells).toEqual(cells)
    expect(row?.warnings.map(({ column, reason }) => [column, reason])).toEqual(odd)
  })

  test('keeps the leading zero of a phone behind an apostrophe', async () => {
    const [row] = await read("name,phone\nAda,'0301\n")
    expect(row && parseLeadRow(row)).toMatchObject({ input: { phone: '0301' } })
  })

  test.each([
    ['Total,2', true],
    ['Summe:,12', true],
    ['Итого,1 024', true],
    ['Total,', true],
    ['Total,+33123456789', false],
    ['Sumatra,2', false],
  ])('%s is a total: %s', async (text, isTotal) => {
    const [row] = await read(`name,phone\n${text}\n`)
    expect(row?.error).toBe(isTotal ? 'this row is a total, not a lead' : undefined)
  })
})
