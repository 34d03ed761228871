import fc from 'fast-check'
import { getCountries, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const policy = (file: z.input<typeof PolicyFile> = {}) => createDialPolicy(PolicyFile.parse(file))

/** The result of the policy for a text, in short: `kind number`, or the code of its refusal. */
function checkResult(text: string, file?: z.input<typeof PolicyFile>): string {
  try {
    const { kind, number } = policy(file).check(text)
    return `${kind} ${number}`
  } catch (err) {
    if (err instanceof Refusal) return err.code
    throw err
  }
}

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

describe('a rule of the dial policy', () => {
  test.each([
    [
      'international allows international numbers',
      '+44 20 7946 0958',
      { international: true },
      'international 00442079460958',
    ],
    ['international is not premium', '+44 909 879 0001', { international: true }, 'dial_denied'],
    ['premium is not international', '+44 909 879 0001', { premium: true }, 'dial_denied'],
    ['satellites need both', '+881 612 345 678', { international: true }, 'dial_denied'],
    ['premium allows premium numbers', '0900 1 123456', { premium: true }, 'premium 09001123456'],
    [
      'allow beats a default denial',
      '+44 20 7946 0958',
      { allow: ['_+44.'] },
      'international 00442079460958',
    ],
    ['allow does not reach beyond it', '+33 1 23 45 67 89', { allow: ['_+44.'] }, 'dial_denied'],
    [
      'allow applies to all spellings of a number',
      '0044 20 7946 0958',
      { allow: ['+442079460958'] },
      'international 00442079460958',
    ],
    ['deny beats allow', '030 123456', { allow: ['_030.'], deny: ['_+4930.'] }, 'dial_denied'],
    [
      'deny of the national spelling denies the international one',
      '+49 30 123456',
      { deny: ['_030.'] },
      'dial_denied',
    ],
    ['deny reaches extensions', '201', { deny: ['_2XX'] }, 'dial_denied'],
    [
      'deny of an area code does not reach an extension with the same digits',
      '201',
      { deny: ['_+49201.'] },
      'internal 201',
    ],
    ['deny does not reach emergency', '112', { deny: ['_X.'] }, 'emergency 112'],
    ['a feature code passes when allowed', '*43', { allow: ['*43'] }, 'service *43'],
    ['and only that one', '*431', { allow: ['*43'] }, 'dial_denied'],
    [
      'a short number passes when allowed',
      '116 117',
      { internal: ['_2XX'], allow: ['_116XXX'] },
      'national 116117',
    ],
    ['own extensions alone', '301', { internal: ['_2XX'] }, 'dial_denied'],
    ['own emergency numbers replace the default', '110', { emergency: ['112'] }, 'internal 110'],
    ['e164', '030 123456', { dialAs: 'e164' }, 'national +4930123456'],
    ['asTyped', '+49 30 123456', { dialAs: 'asTyped' }, 'national +4930123456'],
    ['a prefix goes before external numbers', '030 123456', { outPrefix: '0' }, 'national 0030123456'],
    ['a prefix does not go before extensions', '201', { outPrefix: '0' }, 'internal 201'],
    ['a prefix does not go before emergency numbers', '112', { outPrefix: '0' }, 'emergency 112'],
    ['help is had with the prefix, too', '0112', { outPrefix: '0' }, 'emergency 112'],
    [
      'a + is replaced behind a prefix',
      '+44 20 7946 0958',
      { international: true, dialAs: 'asTyped', outPrefix: '9' },
      'international 900442079460958',
    ],
  ] as const)('%s', (_, text, rules, expected) => {
    expect(
      checkResult(text, { country: 'DE', ...structuredClone(rules) } as z.input<typeof PolicyFile>),
    ).toBe(expected)
  })

  test('for a country code works without a country, in any spelling', () => {
    const file = { international: true, deny: ['_+979.'] }
    for (const text of ['+979 123456789', '00979123456789', '011979123456789']) {
      expect(checkResult(text, file)).toBe('dial_denied')
    }
    expect(checkResult('+44 20 7946 0958', file)).toBe('international +442079460958')
  })

  test('is named in the refusal', () => {
    const { check } = policy({ country: 'DE', deny: ['_0137.'] })
    expect(() => check('+49 137 7 123456')).toThrow(/_0137\./)
    expect(() => check('+44 20 7946 0958')).toThrow(/international/)
  })

  test('for limits and caller numbers is passed on', () => {
    const { limits, allowedCallerNumber } = policy({
      country: 'DE',
      limits: { perDay: 7 },
      callerNumbers: { 201: ['+4930123456'] },
    })
    expect(limits).toEqual({ perMinute: 10, perDay: 7, concurrent: 3 })
    for (const text of ['+4930123456', '030 123456', '0049 30 123456']) {
      expect(allowedCallerNumber('201', text)).toBe('+4930123456')
    }
    expect(allowedCallerNumber('201', '030 123457')).toBeUndefined()
    expect(allowedCallerNumber('201', 'anna')).toBeUndefined()
    expect(allowedCallerNumber('constructor', '030 123456')).toBeUndefined()
  })
})

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
