import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createDialPolicy } from '../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../api/core/dial-policy/policy-file.ts'
import { parseNumberList } from '../../../bin/admin/number-list.ts'

const RULES = {
  US: createDialPolicy(PolicyFile.parse({ country: 'US' })),
  DE: createDialPolicy(PolicyFile.parse({ country: 'DE' })),
  IT: createDialPolicy(PolicyFile.parse({ country: 'IT' })),
  none: createDialPolicy(PolicyFile.parse({})),
}
async function read(country: keyof typeof RULES, text: string) {
  const { numbers, invalid } = await parseNumberList(text, RULES[country])
  return { numbers: numbers.map(([number]) => number), bad: invalid }
}

const [A, B] = ['+49309100180', '+491719100190']
const TWO = '030 9100180;0171 9100190'

describe('of a header, every column of numbers counts', () => {
  test.each([
    ['Telefon and Mobiltelefon', `Name;Telefon;Mobiltelefon\nX;${TWO}`],
    ['in English', `Name;Phone;Mobile\nX;${TWO}`],
    ['in Spanish', `Nombre;Teléfono;Móvil\nX;${TWO}`],
    ['Rufnummer and Handynummer', `Rufnummer;Handynummer\n${TWO}`],
    ['the same name twice', `Telefon;Telefon\n${TWO}`],
    ['with commas', `Home Phone,Mobile Phone\n${TWO.replace(';', ',')}`],
    ['a number and a fax', `Number;Fax\n${TWO}`],
    ['a bare number beside a mobile', `Number;Mobile\n${TWO}`],
    ['with digits', `Telefon 1;Telefon 2\n${TWO}`],
    ['one with a digit', `Phone;Phone 2\n${TWO}`],
    ['of Google', `Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Value\nX,Home,${TWO.replace(';', ',')}`],
    ['several in one cell, as Google writes them', `Phone 1 - Value\n${TWO.replace(';', ' ::: ')}`],
    ['of Outlook', `First Name;Business Phone;Assistant's Phone\nX;${TWO}`],
    ['private and mobile', `Name;Telefon privat;Mobil\nX;${TWO}`],
    ['with words that are not known', `Tel. gesch.;Telefon direkt\n${TWO}`],
    ['to call back', `Rückrufnummer;Telefon\n${TWO}`],
    ['as formulas of text', 'Telefon;Mobil\n="0309100180";="01719100190"'],
    ['behind a comment and the line of Excel', `# of May\n\nsep=;\nTelefon;Mobil\n${TWO}`],
    ['a quoted name on two lines', `Name;Telefon;Mobil\n"X\nY";${TWO}`],
    ['words behind a number', `Telefon;Mobil\n030 9100180 (privat);0171 9100190 # asked`],
    ['an area code for the first alone', 'Vorwahl;Telefon;Mobil\n030;9100180;0171 9100190'],
    ['a country code for both', 'Ländervorwahl;Telefon;Mobil\n+49;030 9100180;171 9100190'],
  ])('%s', async (_, text) => {
    expect(await read('DE', text)).toEqual({ numbers: [A, B], bad: [] })
  })

  test.each([
    ['a row with the mobile alone', 'DE', 'Name;Telefon;Mobil\nX;;0171 9100190', [B]],
    [
      'a date and a short number in columns that speak of phones',
      'DE',
      'Telefon;Phone Extension;Phone consent\n0171 9100190;12;2026-01-31',
      [B],
    ],
    ['a void word beside a number', 'DE', 'Telefon;Mobil\nn/a;0171 9100190', [B]],
    ['a customer number beside a phone', 'DE', 'Nummer;Telefon\n4711;030 8000013', ['+49308000013']],
    ['a country code in a cell', 'DE', 'Ländervorwahl;Telefon\n+49;30910017', ['+4930910017']],
    ['a country code of 00', 'none', 'Country Code;Phone\n0044;20 7946 0018', ['+442079460018']],
    ['a country code before a trunk 0', 'none', 'Ländervorwahl;Telefon\n49;030910017', ['+4930910017']],
    [
      'a country code before Italy’s own 0',
      'none',
      'Prefisso internazionale;Telefono\n39;06 69812345',
      ['+390669812345'],
    ],
    [
      'a country code, an area code, a number',
      'none',
      'Country Code,Area Code,Phone\n1,212,5550143',
      ['+12125550143'],
    ],
    [
      'a country code beside a whole number',
      'DE',
      'Ländervorwahl;Telefon\n+49;+44 20 7946 0018',
      ['+442079460018'],
    ],
    [
      'an area code for both',
      'US',
      'Area Code,Phone,Fax\n212,5550143,5550144',
      ['+12125550143', '+12125550144'],
    ],
  ] as const)('%s', async (_, country, text, numbers) => {
    expect(await read(country, text)).toEqual({ numbers, bad: [] })
  })

  test.each([
    [
      'two numbers in one cell',
      'Name;Telefon\nX;030 9100180 / 0171 9100190',
      'Telefon',
      'this is more than one number',
    ],
    ['a flaw in the second column', 'Telefon;Mobil\n030 9100180;4.93E+11', 'Mobil', expect.any(String)],
    ['no number at all', 'Name;Telefon;Mobil\nX;;', 'Telefon', 'there is no number'],
    [
      'a number in a column of another name',
      'Telefon;Gruppe\n030 9100180;+491719100190',
      'Gruppe',
      expect.any(String),
    ],
    ['a country in letters', 'Ländervorwahl;Telefon\nX1;30910017', 'Telefon', '"X1" is no country code'],
  ] as const)('%s is named with line, column and reason', async (_, text, column, reason) => {
    expect((await read('DE', text)).bad).toEqual([{ line: 2, column, cell: expect.any(String), reason }])
  })

  test('a first line with a number is no header', async () => {
    const line = '+49 30 910018 / fax 030 910019'
    expect((await read('DE', line)).bad).toEqual([{ line: 1, cell: line, reason: expect.any(String) }])
  })

  test('a total at the end is named, and its counts are no extensions', async () => {
    const { numbers, bad } = await read('DE', `Name;Telefon;Mobil\nX;${TWO}\nSumme;2;1`)
    expect({ numbers, bad }).toMatchObject({ numbers: [A, B], bad: [{ line: 3 }] })
  })

  test('which columns were read, and how many lines', async () => {
    const { lines, readColumns, ignoredColumns } = await parseNumberList(
      `Name;Telefon;Mobil;Grund\nX;${TWO};-\n`,
      RULES.DE,
    )
    expect({ lines, columns: readColumns, leftOut: ignoredColumns }).toEqual({
      lines: 1,
      columns: ['Telefon', 'Mobil'],
      leftOut: ['Name', 'Grund'],
    })
  })
})

describe('without a header', () => {
  test.each([
    ['words behind a blank', '+4930910004 gesperrt'],
    ['a date behind a blank', '+4930910004 01.02.2026'],
    ['a date of ISO 8601', '030 910004 2026-02-01 10:30'],
    ['a short date', '030 910004 01.02.26'],
    ['words and a date', '030 910004 seit 01.02.2026'],
    ['words in parentheses', '030/910004 (privat)'],
    ['a quoted address behind it', '030 910004, "Main, 12"'],
  ])('%s are a comment', async (_, line) => {
    expect(await read('DE', line)).toEqual({ numbers: ['+4930910004'], bad: [] })
  })

  test.each([
    ['words with another number', '030 910004;call 0171 9100190'],
    ['an extension', '030 910004 ext 5'],
    ['a fax number', '+49 30 910018 / fax 030 910019'],
    ['what may be a date or a number', '030 01.02.2026'],
    ['a quote that does not close', '030 910004;"open'],
    ['another number in quotes', '"030 910004","0171 9100190"'],
  ])('%s is no comment: the line is named', async (_, line) => {
    const { numbers, bad } = await read('DE', `0171 9100190\n${line}`)
    expect(numbers).toEqual([B])
    expect(bad).toEqual([{ line: 2, cell: expect.any(String), reason: expect.any(String) }])
  })
})

describe('no number is dropped in silence', () => {
  const digits = fc.integer({ min: 1_000_000, max: 9_999_999 })
  const number = fc
    .tuple(fc.constantFrom('+4930', '030 ', '030/', '0049 30 ', '+49 (0)30 '), digits)
    .map(([start, rest]) => ({
      shown: `${start}${rest}`,
      spelled: `+4930${rest}`,
    }))
  const odd = fc.constantFrom('', 'n/a', 'x', '4.93E+11', 'Ada', '01.02.2026', '5', '-')
  const cell = fc.oneof(
    { weight: 4, arbitrary: number },
    odd.map((shown) => ({ shown, spelled: undefined })),
  )
  const header = fc.uniqueArray(
    fc.constantFrom(
      'Telefon',
      'Mobil',
      'Fax',
      'Phone 2',
      'Telefon privat',
      'Handynummer',
      'Home Phone',
      'Telefon 1',
    ),
    { minLength: 1, maxLength: 5 },
  )

  test('with a header or without', async () => {
    const table = fc.record({
      header: fc.option(header, { nil: undefined }),
      rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      delimiter: fc.constantFrom(';', ',', '\t'),
      isQuoted: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(table, async ({ header, rows, delimiter, isQuoted }) => {
        const quote = (text: string) => (isQuoted ? `"${text}"` : text)
        const lines = rows.map((row) => row.map(({ shown }) => quote(shown)).join(delimiter))
        const text = [...(header === undefined ? [] : [header.join(delimiter)]), ...lines].join('\r\n')
        const found = await parseNumberList(text, RULES.DE)
        const listed = new Set(found.numbers.map(([one]) => one))
        const first = header === undefined ? 1 : 2
        for (const [at, row] of rows.entries()) {
          const isNamed = found.invalid.some(({ line }) => line === first + at)
          const isWhole = row.every(({ spelled }) => spelled === undefined || listed.has(spelled))
          if (!isNamed && !isWhole)
            throw new Error(`line ${first + at} of ${JSON.stringify(text)} lost a number`)
        }
      }),
      { numRuns: 300 },
    )
  })
})
