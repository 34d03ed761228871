import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'

const policy = (file: z.input<typeof PolicyFile> = {}) => createDialPolicy(PolicyFile.parse(file))
const inCountry = (country: 'DE' | 'US' | 'IT' | 'RU' | 'HU') => policy({ country })
const [plain, germany, states, russia] = [policy(), inCountry('DE'), inCountry('US'), inCountry('RU')]
const POLICIES = {
  none: plain,
  DE: germany,
  US: states,
  RU: russia,
  IT: inCountry('IT'),
  HU: inCountry('HU'),
}

describe('the variants of a number', () => {
  test.each([
    ['none', ['+49 30 123456', '0049 30 123456', '011 49 30 123456', '4930123456']],
    ['DE', ['+49 30 123456', '0049 30 123456', '030 123456', '4930123456', '30123456', '+49 (0)30 123456']],
    ['US', ['+1 212 555 0143', '(212) 555-0143', '1 212 555 0143', '011 1 212 555 0143', '0012125550143']],
    ['IT', ['+39 06 6981 2345', '06 6981 2345', '0039 06 6981 2345', '390669812345']],
    ['RU', ['+7 495 123-45-67', '8 495 123-45-67', '74951234567', '4951234567']],
    ['HU', ['+36 1 234 5678', '06 1 234 5678', '0036 1 234 5678', '3612345678']],
  ] as const)('%s', (country, texts) => {
    const rules = POLICIES[country]
    for (const text of texts) {
      for (const other of texts) {
        // A number that was stored as typed, before a country was set, is found.
        expect(rules.variants(text), `${text} is ${other}`).toContain(plain.normalize(other))
      }
      expect(rules.variants(text)[0]).toBe(rules.normalize(text))
    }
  })

  test.each([
    ['an extension', germany, '1002', ['1002']],
    ['an emergency number', germany, '112', ['112']],
    ['a code', germany, '*72', ['*72']],
    ['an extension without a country', plain, '1002', ['1002']],
    ['a national number without a country', plain, '030123456', ['030123456']],
  ])('are one for %s', (_, rules, text, expected) => {
    expect(rules.variants(text)).toEqual(expected)
  })

  test('of an external number include no extension', () => {
    // +49 1234 is 0 1234 as dialed, and 1234 is an extension.
    expect(germany.variants('01234')).not.toContain('1234')
  })

  test('include the number with an outside prefix, as the PBX got it', () => {
    const rules = policy({ country: 'DE', outPrefix: '9' })
    expect(rules.variants('+49 30 123456')).toContain('9030123456')
  })

  test('do not exist for a number longer than any of the country, unless the rules allow it', () => {
    expect(() => states.normalize('5550143 5550144')).toThrow(/too many digits/)
    expect(policy({ country: 'US', allow: ['_555.'] }).normalize('55501435550144')).toBe('55501435550144')
  })
})

describe('the beginning of a number', () => {
  const finds = (rules: typeof plain, text: string, stored: string) =>
    rules
      .prefixes(text)
      .some(({ prefix, minLength }) => stored.startsWith(prefix) && stored.length >= minLength)

  test.each([
    ...[
      '0',
      '03',
      '03085',
      '03012',
      '0049308',
      '00',
      '004',
      '493085',
      '4930',
      '(030) 85',
      '030/',
      '+',
      '+4',
      '+49',
      '+4930',
    ].map(
      (text) =>
        ['DE', text, text.includes('85') || text.endsWith('8') ? '+4930851234' : '+4930123456'] as const,
    ),
    ['US', '212', '+12125550143'],
    ['US', '(212) 555', '+12125550143'],
    ['US', '1212', '+12125550143'],
    ['US', '+1 212', '2125550143'],
    ['US', '011 44', '+442079460958'],
    ['IT', '06', '+390669812345'],
    ['RU', '8495', '+74951234567'],
    ['HU', '061', '+3612345678'],
    ['none', '+4930', '004930123456'],
    ['none', '0049', '+4930123456'],
    ['none', '030', '030123456'],
    ['DE', '+49 30', '030123456'],
    ['DE', '030', '4930123456'],
    ['DE', '+44 20', '00442079460958'],
    ['DE', '+43 00000', '+430000'],
  ] as const)('%s: %j finds %s', (country, text, stored) => {
    expect(finds(POLICIES[country], text, stored)).toBe(true)
  })

  test.each([
    ['DE', '030', '3012', 'an extension'],
    ['DE', '+49', '4912', 'an extension'],
    ['DE', '151', '+4915112345678', 'a number outside, as 151 may be an extension'],
    ['DE', '03012', '+4940123456', 'another number'],
    ['none', '+49', '4912', 'an extension'],
  ] as const)('%s: %j does not find %s, %s', (country, text, stored, _) => {
    expect(finds(POLICIES[country], text, stored)).toBe(false)
  })

  test('goes on finding a number while more of it is typed, in every spelling', () => {
    const numbers = {
      DE: '+4930123456',
      IT: '+390669812345',
      RU: '+74951234567',
      US: '+12125550143',
    } as const
    for (const [country, number] of Object.entries(numbers)) {
      const rules = POLICIES[country as keyof typeof numbers] // the keys above
      for (const spelling of rules.variants(number)) {
        // The first digits may be those of an extension, or of an incomplete country code.
        const from = /^[0+]/.test(spelling) ? 1 : rules === germany ? 7 : 3
        for (let length = from; length <= spelling.length; length += 1) {
          const part = spelling.slice(0, length)
          if (rules === russia && !/^[+8]/.test(part) && length < 7) continue
          expect(finds(rules, part, number), `${country}: ${part}`).toBe(true)
        }
      }
    }
  })

  test('that is a complete number finds all its spellings', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('DE', 'US', 'IT', 'RU', 'HU', 'none'),
        fc.stringMatching(/^(\+|00|0|8|1)?[1-9]\d{6,9}$/),
        (country, text) => {
          const rules = POLICIES[country as keyof typeof POLICIES] // one of those above
          let spellings: readonly string[] = []
          try {
            spellings = rules.variants(text)
          } catch {
            return // longer than any number of the country
          }
          // A number that the plan has not assigned is found as it was typed.
          if (country !== 'none' && !spellings[0]?.startsWith('+')) return
          for (const spelling of spellings) {
            if (spelling.length >= 7) expect(finds(rules, text, spelling), spelling).toBe(true)
          }
        },
      ),
    )
  })
})
