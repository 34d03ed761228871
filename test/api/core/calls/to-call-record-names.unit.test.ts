import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { record } from './fixtures/ended-calls.ts'

describe('a name that a caller chose', () => {
  test.each([
    ['keeps its letters', 'Иван «Bob» 李 📞', 'Иван «Bob» 李 📞'],
    ['loses its line breaks', 'Bob\r\nAction: Command', 'BobAction: Command'],
    ['loses NUL and escapes', 'B\0o\x1b[31mb\x7f', 'Bo[31mb'],
    ['loses marks that change the reading direction', 'Bob\u202etxt.exe', 'Bobtxt.exe'],
    ['loses line separators', 'a\u2028b\u2029c', 'abc'],
    ['has its half surrogates replaced', 'a\ud800b', 'a\ufffdb'],
    ['loses blanks around it', '  Bob \t', 'Bob'],
  ])('%s', (_, name, kept) => {
    expect(record({ from: { number: name, name } })).toMatchObject({ fromName: kept, fromNumber: kept })
  })

  test('is truncated, and never within a character', () => {
    const { toName, toNumber } = record({ to: { number: '📞'.repeat(999), name: '📞'.repeat(999) } })
    expect(toName).toBe('📞'.repeat(128))
    expect(toNumber).toBe('📞'.repeat(64))
  })

  test('can be stored by both database engines, whatever it contains', () => {
    const halves = fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit))
    fc.assert(
      fc.property(fc.string({ unit: halves }), (name) => {
        const { fromName } = record({ from: { number: '1', name } })
        expect(fromName).not.toMatch(/[\p{Cc}\p{Surrogate}]/u)
      }),
    )
  })
})
