import { expect, test } from 'vitest'
import { normalizeNumber } from '../../../../api/core/dial-policy/normalize-number.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const rules = {
  country: 'DE',
  isReserved: (number: string) => number === '201',
  isAllowed: (number: string) => number.startsWith('0137'),
} as const
const found = { e164: '+4930123456', isValid: true }
const TOO_LONG = '030123456789012345'

test('a number of the plan is normalized to E.164', () => {
  expect(normalizeNumber('030123456', found, rules)).toBe('+4930123456')
})

test.each([
  ['without a country', '030123456', { ...rules, country: undefined }],
  ['an extension', '201', rules],
])('%s stays as it was typed', (_, typed, these) => {
  expect(normalizeNumber(typed, found, these)).toBe(typed)
})

test('a number that the plan does not have stays as it was typed, unless it has too many digits', () => {
  expect(normalizeNumber('0301', { e164: '+49301', isValid: false }, rules)).toBe('0301')
  expect(() => normalizeNumber(TOO_LONG, undefined, rules)).toThrow(Refusal)
  expect(normalizeNumber(`0137${TOO_LONG}`, undefined, rules)).toBe(`0137${TOO_LONG}`)
})
