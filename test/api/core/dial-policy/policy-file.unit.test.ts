import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { watchDialPolicyFile } from '../../../../api/config/dial-policy-file.ts'
import { createPatternFinder, isDialPattern } from '../../../../api/core/dial-policy/dial-pattern.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { SettingsError } from '../../../../runtime/env.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-'))
  path = join(folder, 'dial-policy.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (file: unknown) => writeFileSync(path, JSON.stringify(file))

/** A policy from the file, a clock to advance, and the reported errors. */
function opened() {
  let now = 0
  const troubles: unknown[] = []
  const policy = watchDialPolicyFile(
    path,
    Object.assign((err: unknown) => void troubles.push(err), {
      recovered: () => void troubles.push('recovered'),
    }),
    () => now,
  )
  const perDay = () => policy().limits.perDay
  return { perDay, troubles, later: () => (now += 1_000) }
}

describe('the file of the dial policy', () => {
  test('is read again when it changes, once a second at most', () => {
    write({ limits: { perDay: 1 } })
    const { perDay, later } = opened()
    write({ limits: { perDay: 22 } })
    expect(perDay()).toBe(1)
    later()
    expect(perDay()).toBe(22)
  })

  test('is read again when another file replaces it', () => {
    write({ limits: { perDay: 1 } })
    const { perDay, later } = opened()
    writeFileSync(`${path}.new`, JSON.stringify({ limits: { perDay: 2 } }))
    renameSync(`${path}.new`, path)
    later()
    expect(perDay()).toBe(2)
  })

  test.each([
    ['no JSON', () => writeFileSync(path, '{"limits":')],
    ['wrong', () => write({ limits: { perDay: 0 } })],
    ['gone', () => rmSync(path)],
  ])(
    'that has become %s changes nothing and is reported once, and so is that it is valid again',
    (_, spoil) => {
      write({ limits: { perDay: 1 } })
      const { perDay, troubles, later } = opened()
      spoil()
      for (let count = 0; count < 3; count++) {
        later()
        expect(perDay()).toBe(1)
      }
      expect(troubles).toEqual([expect.any(SettingsError)])
      write({ limits: { perDay: 33 } })
      later()
      expect(perDay()).toBe(33)
      expect(troubles).toEqual([expect.any(SettingsError), 'recovered'])
    },
  )

  test('that is invalid in a new way is reported at once', () => {
    write({})
    const { perDay, troubles, later } = opened()
    for (const file of [{ limits: { perDay: 0 } }, { premium: 'yes' }]) {
      write(file)
      later()
      perDay()
    }
    expect(troubles.map(String)).toEqual([
      expect.stringMatching(/limits\.perDay: /),
      expect.stringMatching(/premium: /),
    ])
  })

  test.each([
    ['no JSON', '{', /HOOKSWITCH_DIAL_POLICY.*JSON/],
    ['a list', '[]', /must be an object/],
    ['an unknown key', '{"counrty":"DE"}', /counrty/],
    ['an unknown country', '{"country":"de"}', /country: must be a country of two capital letters/],
    ['a country that is no text', '{"country":49}', /country: must/],
    ['a number as a pattern', '{"deny":[900]}', /deny\[0\]: must be text/],
    ['letters as a pattern', '{"allow":["_0900.","abc"]}', /allow\[1\]: must be .*pattern/],
    ['a word as a flag', '{"premium":"yes"}', /premium: must be true or false/],
    ['no calls', '{"limits":{"perMinute":0}}', /limits\.perMinute: /],
    [
      'an emergency number too long to be one',
      '{"emergency":["030123456"]}',
      /emergency\[0\]: must be 2 to 8 digits/,
    ],
    ['a spelling without a country', '{"dialAs":"e164"}', /dialAs: .*country/],
    [
      'a prefix before a +',
      '{"country":"DE","dialAs":"e164","outPrefix":"0"}',
      /outPrefix: must be left out/,
    ],
    [
      'a number that is none to show',
      '{"callerNumbers":{"201":["me"]}}',
      /callerNumbers\.201\[0\]: must be a number/,
    ],
  ])('that contains %s prevents the start, with the reason', (_, json, why) => {
    writeFileSync(path, json)
    expect(() => opened()).toThrow(SettingsError)
    expect(() => opened()).toThrow(why)
  })

  test('that is missing prevents the start', () => {
    expect(() => opened()).toThrow(/HOOKSWITCH_DIAL_POLICY.*cannot be read/)
  })

  test('is optional: without it the defaults apply', () => {
    const policy = watchDialPolicyFile(undefined, () => {})
    expect(policy().limits).toEqual({ perMinute: 10, perDay: 500, concurrent: 3 })
    expect(policy().check('112').isEmergency).toBe(true)
  })

  test('is complete in the docs: the example has every key, and each is valid', () => {
    const docs = new URL('../../../../docs/', import.meta.url)
    const example = JSON.parse(readFileSync(new URL('dial-policy.json', docs), 'utf8'))
    const keys = Object.keys(PolicyFile.shape).sort()
    expect(PolicyFile.safeParse(example).error).toBeUndefined()
    expect(Object.keys(example).sort()).toEqual(keys)
    const text = readFileSync(new URL('dial-policy.md', docs), 'utf8')
    for (const key of keys) expect(text).toContain(`\`${key}\``)
  })
})

describe('a dial pattern', () => {
  test.each([
    ['is a number, whole', '0900', ['0900'], ['09001', '10900']],
    ['has X for a digit, Z for 1-9, N for 2-9', '_XZN', ['012', '999'], ['002', '011', '0123']],
    ['has . for one character or more', '_+49900.', ['+499001', '+49900*1'], ['+49900', '49900123']],
    ['has brackets for a choice', '_0[13-5]X', ['012', '041'], ['022', '0-1']],
    ['has * and # for themselves', '_*7X', ['*72'], ['772', '7772']],
  ])('%s', (_, pattern, good, bad) => {
    expect(isDialPattern(pattern)).toBe(true)
    const find = createPatternFinder([pattern])
    expect(good.map((number) => find(number))).toEqual(good.map(() => pattern))
    expect(bad.filter((number) => find(number) !== undefined)).toEqual([])
  })

  test.each([
    '',
    '_',
    'abc',
    '_(1)',
    '_[5-1]',
    '_[',
    '_.X',
    '0.',
    '_0900!',
    '0 900',
    '_X{9}',
    '_\\d',
    `_${'X'.repeat(99)}`,
  ])('%j is not one', (text) => {
    expect(isDialPattern(text)).toBe(false)
  })

  test('matches or not, and never throws, for any text', () => {
    const pattern = fc.string({ unit: fc.constantFrom(...'_+0159XZN[]-.*#'), maxLength: 20 })
    fc.assert(
      fc.property(pattern, (text) => {
        if (isDialPattern(text))
          expect(['string', 'undefined']).toContain(typeof createPatternFinder([text])('+49301234'))
      }),
      { numRuns: 2_000 },
    )
  })
})
