import fc from 'fast-check'
import { getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import { Refusal } from '../../../../api/core/refusal.ts'
import { checkResult, policy } from './fixtures/dial-policy.ts'

const countries = ['DE', 'US', 'RU', 'GB', 'BR', 'IT', 'AR', 'HU', undefined] as const
const digits = (alphabet: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: 1, maxLength })

describe('for any text', () => {
  const open = countries.flatMap((country) =>
    ['', '0'].map((outPrefix) =>
      policy({
        ...(country && { country }),
        outPrefix,
        international: true,
        premium: true,
        allow: ['_X.', '_+X.'],
      }),
    ),
  )
  test('the dial policy returns a number or refuses it', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      digits('0123456789+*# ()-./', 40),
      digits('019+', 33),
    )
    fc.assert(
      fc.property(texts, fc.constantFrom(...open), (text, { check }) => {
        try {
          expect(check(text).number).toMatch(/^\+?[0-9*#]{1,32}$/)
        } catch (err) {
          if (!(err instanceof Refusal)) throw err
        }
      }),
      { numRuns: 3_000 },
    )
  })

  test('the number dialed in a country is the one that was checked', () => {
    const everything = { internal: [], emergency: [], deny: [], international: true, premium: true }
    const known = new Map(getCountries().map((country) => [country, policy({ country, ...everything })]))
    const starts = fc.constantFrom('', '0', '8', '00', '011', '810', '+', '+1', '+39', '+49', '+882', '+800')
    let passed = 0
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        starts,
        digits('0123456789', 11),
        ([country, one], start, rest) => {
          const read = (text: string) =>
            parsePhoneNumberFromString(text, { defaultCountry: country, extract: false })?.number
          let number: string
          try {
            number = one.check(start + rest).number
          } catch {
            return // refused
          }
          passed += 1
          expect(read(number)).toBe(read(start + rest))
        },
      ),
      { numRuns: 20_000 },
    )
    expect(passed).toBeGreaterThan(100)
  })

  test.each([
    // Dialed with those keys, they are other numbers.
    ['HK', '+88216729804', 'premium +88216729804'],
    ['GA', '7731866', 'national +2417731866'],
    // There is no single international prefix.
    ['BR', '+442079460958', 'international +442079460958'],
  ] as const)(
    'in %s %s is dialed in E.164, as its national form would reach another number',
    (country, text, expected) => {
      expect(checkResult(text, { country, international: true, premium: true })).toBe(expected)
    },
  )
})
