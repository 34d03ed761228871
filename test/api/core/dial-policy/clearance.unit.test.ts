import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createClearance, DoNotCallRefusal } from '../../../../api/core/dial-policy/clearance.ts'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

const GERMAN = { country: 'DE', allow: ['_#31#.', '_*21*.', '*43'] }

/** A list with one number, as it was stored. */
function clearing(stored: string, away = false, file: object = GERMAN) {
  const policy = createDialPolicy(PolicyFile.parse(file))
  return createClearance({
    policy: () => policy,
    doNotCall: {
      async has(spellings) {
        if (away) throw new Refusal('unavailable')
        return spellings.includes(stored)
      },
    },
  })
}

describe('a number on the do-not-call list', () => {
  const SPELLINGS = ['+49 30 123456', '030 123456', '0049 30 123456', 'tel:+49-30-123456', '+49 (0)30 123456']
  test.each(['+4930123456', '030123456', '004930123456', '4930123456'])(
    'stored as %s is refused in any spelling',
    async (stored) => {
      for (const text of SPELLINGS)
        await expect(clearing(stored)(text)).rejects.toBeInstanceOf(DoNotCallRefusal)
    },
  )

  test.each(['#31#030123456', '*21*030123456#'])('is refused behind a feature code: %s', async (text) => {
    await expect(clearing('+4930123456')(text)).rejects.toMatchObject({ code: 'dial_denied' })
    expect(await clearing('+4930999999')(text)).toMatchObject({ kind: 'service' })
  })

  test.each(['1002', '*43'])('is refused as an extension or a code: %s', async (text) => {
    await expect(clearing(text)(text)).rejects.toMatchObject({ code: 'dial_denied' })
  })

  test('does not affect other numbers, which pass as the policy returns them', async () => {
    expect(await clearing('+4930123456')('+49 30 123457')).toMatchObject({ number: '030123457' })
  })

  test('never blocks an emergency number, not even while the list is unavailable', async () => {
    expect(await clearing('112')('112')).toMatchObject({ isEmergency: true })
    expect(await clearing('112', true)('112')).toMatchObject({ isEmergency: true })
  })

  test('may be any other number while the list cannot be read: all are refused', async () => {
    await expect(clearing('', true)('030 123456')).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('a number behind a code or a prefix', () => {
  const ANY_CODE = ['_*.', '_#.']
  const [DE, US] = [
    { country: 'DE', allow: [...ANY_CODE, '_31.', '_0.'] },
    { country: 'US', allow: [...ANY_CODE, '_1167X.'] },
  ]
  const NONE = { allow: ANY_CODE }
  const RECORDS = { ...DE, prefixes: ['8'] }

  test.each<[typed: string, listed: string, file: object]>([
    ['*721003', '1003', DE],
    ['*721003', '1003', US],
    ['*721003', '1003', NONE],
    ['*901003', '1003', DE],
    ['*67#1003', '1003', DE],
    ['#31#1003', '1003', DE],
    ['**1003', '1003', DE],
    ['*21*1003*20#', '1003', DE],
    ['*721003*20#', '1003', DE],
    ['*7212', '12', DE],
    ['*31030123456', '+4930123456', DE],
    ['*314930123456', '+4930123456', DE],
    ['*31030123456', '030123456', NONE],
    ['*672125550143', '+12125550143', US],
    ['*6712125550143', '+12125550143', US],
    ['11672125550143', '+12125550143', US],
    ['01013030123456', '+4930123456', DE],
    ['0 030 123456', '+4930123456', DE],
    ['81003', '1003', RECORDS],
    ['8030123456', '+4930123456', { ...RECORDS, allow: ['_8.'] }],
    ['8*721003', '1003', { ...RECORDS, allow: ['_8*.'] }],
  ])('is found in %s, which is refused with %s on the list', async (typed, listed, file) => {
    await expect(clearing(listed, false, file)(typed)).rejects.toBeInstanceOf(DoNotCallRefusal)
  })

  test.each<[typed: string, listed: string, file: object]>([
    ['*672125550188', '+12125550143', US],
    ['11672125550188', '+12125550143', US],
    ['*31030123457', '+4930123456', DE],
    ['*721004', '1003', DE],
    ['*21*030123456#', '21', DE],
    ['#31#030123456', '3456', DE],
    ['#31#030030123456', '+4930123456', DE],
    ['81003', '1003', DE],
  ])('is not found in %s, which passes with %s on the list', async (typed, listed, file) => {
    expect(await clearing(listed, false, file)(typed)).toMatchObject({ number: typed })
  })

  const digits = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength })
  // As `*90`. A 0 further ahead would make a number of the plan of code and extension.
  const code = fc
    .tuple(fc.constantFrom('*', '#', '**', '*#'), fc.nat(99), fc.constantFrom('', '0'))
    .map(([sign, number, end]) => `${sign}${String(number).replaceAll('0', '')}${end}`)
  const separator = fc.constantFrom('', '*', '#')

  test('is found behind any code, with or without a separator', async () => {
    const listed = [
      ['030123456', '+4930123456'],
      ['004930123456', '+4930123456'],
      ['1003', '1003'],
    ] as const
    await fc.assert(
      fc.asyncProperty(
        code,
        separator,
        fc.constantFrom(...listed),
        async (before, between, [typed, stored]) => {
          // If code and number together are a complete number of the plan, they are that number.
          fc.pre(stored.startsWith('+') || !before.includes('0'))
          await expect(clearing(stored, false, DE)(`${before}${between}${typed}`)).rejects.toBeInstanceOf(
            DoNotCallRefusal,
          )
        },
      ),
    )
  })

  test('is not confused with a number of the plan that ends like it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 999 }), digits(3, 3), async (area, office) => {
        const typed = `+1${area}${office}0143`
        const us = createDialPolicy(PolicyFile.parse(US))
        fc.pre([typed, typed.slice(2)].every((one) => us.variants(one)[0] === typed))
        const policy = createDialPolicy(PolicyFile.parse({ ...US, international: true, premium: true }))
        expect(policy.embeddedVariants(typed)).toEqual([])
        expect(policy.embeddedVariants(typed.slice(2))).toEqual([])
      }),
    )
  })

  test('is searched for without an error in any text', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789*#'), minLength: 1, maxLength: 19 })
    fc.assert(
      fc.property(text, fc.constantFrom(DE, US, NONE, RECORDS), (typed, file) => {
        const policy = createDialPolicy(PolicyFile.parse(file))
        expect(policy.embeddedVariants(typed).every((one) => /^\+?[0-9*#]+$/.test(one))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
