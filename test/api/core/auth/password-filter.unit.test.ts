import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPasswordFilter, encodePasswordFilter } from '../../../../api/core/auth/password-filter.ts'
import { loadCommonPasswords } from '../../../../api/store/files/common-passwords.ts'

describe('a filter of words', () => {
  test('never misses a word of it, whatever the words are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 200 }), (words) => {
        const has = createPasswordFilter(encodePasswordFilter(words))
        expect(words.filter((word) => !has(word))).toEqual([])
      }),
    )
  })

  test('of nothing has no word', () => {
    expect(createPasswordFilter(encodePasswordFilter([]))('password')).toBe(false)
  })
})

describe('the list of common passwords', () => {
  const isCommon = loadCommonPasswords()

  test.each([
    'password',
    'password1',
    'iloveyou',
    '12345678',
    'qwertyuiop',
    'trustno1',
    'mercedes',
    'liverpool',
    'baseball',
    'p@ssw0rd',
    'football1',
    'sunshine',
  ])('has %s', (word) => {
    expect(isCommon(word)).toBe(true)
  })

  test('finds no more than 1 of 100 000 others', () => {
    // Fixed words, so that the outcome is always the same: 2^-18 of 200 000 is about one.
    const others = Array.from({ length: 200_000 }, (_, n) => `no such password ${n}`)
    expect(others.filter(isCommon).length).toBeLessThanOrEqual(2)
  })
})
