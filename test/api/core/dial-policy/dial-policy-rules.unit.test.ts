import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { checkResult, policy } from './fixtures/dial-policy.ts'

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
