import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mappingProblem } from '../../../../console/screens/leads/import/import-api.ts'
import {
  decodeBeginning,
  hasBrokenText,
  recogniseEncoding,
} from '../../../../console/screens/leads/import/read-file.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('the encoding of a list', () => {
  it.each([
    ['UTF-8', utf8('Имя;Телефон\n'), 'en', 'utf-8'],
    ['UTF-16 by its mark', Uint8Array.of(0xff, 0xfe, 0x41, 0), 'en', 'utf-16le'],
    ['UTF-16 in the other order', Uint8Array.of(0xfe, 0xff, 0, 0x41), 'en', 'utf-16be'],
    ['one byte, Western', Uint8Array.of(0x4d, 0xfc, 0x6c), 'es', 'windows-1252'],
    ['one byte, Cyrillic', Uint8Array.of(0xc8, 0xec, 0xff), 'ru', 'windows-1251'],
  ] as const)('is recognised: %s', (_, bytes, language, encoding) => {
    expect(recogniseEncoding(bytes, language)).toBe(encoding)
  })
  it('gives the text of a one-byte encoding that was chosen', () => {
    expect(decodeBeginning(Uint8Array.of(0xc8, 0xec, 0xff), 'windows-1251')).toBe('Имя')
    expect(hasBrokenText(decodeBeginning(Uint8Array.of(0xc8, 0xec, 0xff), 'utf-8'))).toBe(true)
  })
})

describe('the beginning of a list', () => {
  it('is the whole of a short one, with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const whole = text.replace(/^\uFEFF/, '')
        expect(decodeBeginning(utf8(whole), 'utf-8')).toBe(whole)
      }),
    )
  })
  it('ends with a line, has no cut character, and is below 64 KiB in UTF-8, for any long list', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(lines, (some) => {
        const row = `${some.join(' ').replace(/[\0\r\n\uFEFF\uFFFD]/g, '')}😀\n`
        const text = row.repeat(Math.ceil(150_000 / row.length))
        const beginning = decodeBeginning(utf8(text), 'utf-8')
        expect(text.startsWith(beginning)).toBe(true)
        expect(beginning.endsWith('\n')).toBe(true)
        expect(hasBrokenText(beginning)).toBe(false)
        expect(utf8(beginning).length).toBeLessThan(65_536)
      }),
      { numRuns: 30 },
    )
  })
})

it('a mapping needs a phone and a name', () => {
  expect(mappingProblem(['name', null])).toBe('phone')
  expect(mappingProblem(['phone', 'email'])).toBe('name')
  expect(mappingProblem(['phone', 'company'])).toBeUndefined()
})
