import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeCsv } from '../../../../../api/core/call-center/leads/decode-csv.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'

const LIST = 'name,phone\nJürgen Иван 😀,+49301\n'
const utf8 = Buffer.from(LIST)
const utf16le = Buffer.from(LIST, 'utf16le')
const utf16be = Buffer.from(utf16le).swap16()
const marked = (mark: number[], bytes: Buffer) => Buffer.concat([Buffer.from(mark), bytes])

async function* cut(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const textOf = async (bytes: Uint8Array, charset?: string, size = 7) =>
  (await decodeCsv(cut(bytes, size), charset)).join('')
const reasonOf = (bytes: Uint8Array, charset?: string) =>
  textOf(bytes, charset).then(
    () => 'none',
    (err) => (err instanceof Refusal && err.code === 'input_invalid' ? err.detail : String(err)),
  )

describe('a list is decoded', () => {
  test.each<[string, Uint8Array, string | undefined, string]>([
    ['in UTF-8', utf8, undefined, LIST],
    ['in UTF-8 with a byte order mark', marked([0xef, 0xbb, 0xbf], utf8), undefined, LIST],
    ['in little-endian UTF-16, as Excel writes Unicode text', marked([0xff, 0xfe], utf16le), undefined, LIST],
    ['in big-endian UTF-16', marked([0xfe, 0xff], utf16be), undefined, LIST],
    ['in UTF-16 without a byte order mark if the charset is named', utf16le, 'utf-16', LIST],
    ['by its byte order mark if another charset is named', marked([0xff, 0xfe], utf16le), 'utf-8', LIST],
    ['in Windows-1252 if it is named', Buffer.from('J\u00fcrgen', 'latin1'), 'Windows-1252', 'Jürgen'],
    ['in Latin-1 if it is named', Buffer.from('J\u00fcrgen', 'latin1'), 'iso-8859-1', 'Jürgen'],
    ['in Windows-1251 if it is named', Buffer.from([0xc8, 0xe2, 0xe0, 0xed]), 'windows-1251', 'Иван'],
    ['of one byte', Buffer.from('x'), undefined, 'x'],
    ['of no bytes', Buffer.from(''), undefined, ''],
    ['of only a byte order mark', Buffer.from([0xef, 0xbb, 0xbf]), undefined, ''],
  ])('%s', async (_, bytes, charset, text) => {
    expect(await textOf(bytes, charset)).toBe(text)
    expect(await textOf(bytes, charset, 1)).toBe(text)
  })
})

describe('a list is rejected', () => {
  test.each<[string, Uint8Array, string | undefined, RegExp]>([
    [
      'in Windows-1252 without a named charset',
      Buffer.from('name,phone\nAda,1\nJ\u00fcrgen,+49301\n', 'latin1'),
      undefined,
      /^near line 3 the list is not in UTF-8; .* charset=windows-1252$/,
    ],
    ['that ends inside a character', utf8.subarray(0, -14), undefined, /not in UTF-8/],
    [
      'in UTF-16 without a byte order mark or a charset',
      utf16le,
      undefined,
      /NUL characters: .* UTF-16 without/,
    ],
    ['with a NUL', Buffer.from('name\0'), undefined, /NUL/],
    ['that is a workbook', Buffer.from('PK\x03\x04......'), undefined, /workbook: save it as CSV/],
    ['that is an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), undefined, /workbook/],
    ['in an unknown encoding', utf8, 'utf-9', /charset of Content-Type is not known/],
  ])('%s', async (_, bytes, charset, reason) => {
    expect(await reasonOf(bytes, charset)).toMatch(reason)
  })
})

test('chunks hold whole characters, wherever the bytes were split', async () => {
  const long = fc.array(fc.constantFrom('a', 'ü', 'Ж', '😀'), { minLength: 1, maxLength: 50 })
  await fc.assert(
    fc.asyncProperty(long, fc.integer({ min: 1, max: 70_000 }), async (some, size) => {
      const text = some.join('').repeat(4_000)
      const parts = await decodeCsv(cut(Buffer.from(text), size + 20_000), undefined)
      expect(parts.join('') === text).toBe(true)
      expect(parts.every((part) => part.isWellFormed() && part.length > 0 && part.length <= 65_536)).toBe(
        true,
      )
    }),
    { numRuns: 30 },
  )
})
