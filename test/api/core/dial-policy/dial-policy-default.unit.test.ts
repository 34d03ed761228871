import { describe, expect, test } from 'vitest'
import { checkResult } from './fixtures/dial-policy.ts'

describe('the default dial policy', () => {
  test.each([
    ['DE', '030 123456', 'national 030123456'],
    ['DE', '(030) 12 34-56', 'national 030123456'],
    ['DE', '030/123456', 'national 030123456'],
    ['DE', '+49 30 123456', 'national 030123456'],
    ['DE', '0049 30 123456', 'national 030123456'],
    ['DE', '+49 (0)30 123456', 'national 030123456'],
    ['DE', '0800 1234567', 'national 08001234567'],
    ['DE', '201', 'internal 201'],
    ['DE', '112', 'emergency 112'],
    ['DE', '110', 'emergency 110'],
    ['DE', '1-1-2', 'emergency 112'],
    ['DE', '+49 112', 'dial_denied'],
    ['DE', '1122', 'internal 1122'],
    ['DE', '0900 1 123456', 'dial_denied'],
    ['DE', '+49 900 1 123456', 'dial_denied'],
    ['DE', '0049 900 1 123456', 'dial_denied'],
    // Surplus digits are ignored on the way, and the call is charged all the same.
    ['DE', '0900 1 123456 7890', 'dial_denied'],
    ['DE', '0137 7 123456', 'dial_denied'],
    ['DE', '118 33', 'dial_denied'],
    ['DE', '+44 20 7946 0958', 'dial_denied'],
    ['DE', '00 44 20 7946 0958', 'dial_denied'],
    // A carrier's prefix before the international one.
    ['DE', '010 88 00 44 20 7946 0958', 'dial_denied'],
    ['DE', '+882 13 300 001', 'dial_denied'],
    ['DE', '0301', 'dial_denied'],
    ['US', '(202) 555-0123', 'national 2025550123'],
    ['US', '1 202 555 0123', 'national 2025550123'],
    ['US', '+1 800 555 0100', 'national 8005550100'],
    ['US', '911', 'emergency 911'],
    ['US', '900 555 1234', 'dial_denied'],
    ['US', '011 44 20 7946 0958', 'dial_denied'],
    // They look domestic, and are not.
    ['US', '876 234 5678', 'dial_denied'],
    ['US', '+1 284 496 1234', 'dial_denied'],
    ['CA', '800 555 0100', 'national 8005550100'],
    ['CA', '202 555 0123', 'dial_denied'],
    ['RU', '8 495 123-45-67', 'national 84951234567'],
    ['RU', '+7 916 123-45-67', 'national 89161234567'],
    ['RU', '101', 'emergency 101'],
    ['RU', '8 809 123-45-67', 'dial_denied'],
    ['RU', '8 10 44 20 7946 0958', 'dial_denied'],
    ['RU', '+7 701 123 45 67', 'dial_denied'],
    ['GB', '020 7946 0958', 'national 02079460958'],
    ['GB', '999', 'emergency 999'],
    ['GB', '0909 879 0001', 'dial_denied'],
    ['GB', '070 1234 5678', 'dial_denied'],
    ['GB', '118 118', 'dial_denied'],
    ['GB', '07781 123456', 'dial_denied'],
    [undefined, '030 123456', 'national 030123456'],
    [undefined, '201', 'internal 201'],
    [undefined, '112', 'emergency 112'],
    [undefined, '+49 30 123456', 'dial_denied'],
    [undefined, '0049 30 123456', 'dial_denied'],
    [undefined, '011 49 30 123456', 'dial_denied'],
    [undefined, '*72', 'dial_denied'],
    ['DE', '*72 0900 1 123456', 'dial_denied'],
    ['DE', '#31# 030 123456', 'dial_denied'],
    ['DE', '+*72', 'dial_denied'],
  ] as const)('%s: %s is %s', (country, text, expected) => {
    expect(checkResult(text, country === undefined ? {} : { country })).toBe(expected)
  })

  test.each([
    ['an empty text', ''],
    ['only separators', ' ()-.'],
    ['only +', '+'],
    ['+ within', '49+30'],
    ['two +', '++49'],
    ['CR and LF', '201\r\nAction: Originate'],
    ['LF at the end', '201\n'],
    ['NUL', '201\0'],
    ['a sign whose low byte is LF', '201\u4e0a'],
    ['a sign whose low byte is J', '201\u134a'],
    ['a comma', '201,1'],
    ['an ampersand', 'PJSIP/201&PJSIP/202'],
    ['a channel', 'Local/201@default'],
    ['brackets', '[1-9]'],
    ['braces', '$' + '{EXTEN}'],
    ['quotes', '"201"'],
    ['a pattern', '/201/'],
    ['letters', '0800FLOWERS'],
    ['full-width digits', '１１２'],
    ['Arabic digits', '٠٣٠'],
    ['33 digits', '1'.repeat(33)],
    ['100 kB', '1'.repeat(100_000)],
    ['100 kB of separators', ' '.repeat(100_000)],
  ])('refuses %s as a number', (_, text) => {
    for (const country of ['DE', undefined] as const) {
      expect(checkResult(text, country === undefined ? {} : { country })).toBe('input_invalid')
    }
  })
})
