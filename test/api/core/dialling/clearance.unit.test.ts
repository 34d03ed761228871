import { describe, expect, test } from 'vitest'
import { Barred, createClearance } from '../../../../api/core/dialling/clearance.ts'
import { createPolicy } from '../../../../api/core/dialling/create-policy.ts'
import { PolicyFile } from '../../../../api/core/dialling/policy-file.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

/** A list with one number, as it was stored when it was made. */
function clearing(stored: string, away = false) {
  const policy = createPolicy(PolicyFile.parse({ country: 'DE', allow: ['_#31#.', '_*21*.', '*43'] }))
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
      for (const text of SPELLINGS) await expect(clearing(stored)(text)).rejects.toBeInstanceOf(Barred)
    },
  )

  test.each(['#31#030123456', '*21*030123456#'])('is refused behind a feature code: %s', async (text) => {
    await expect(clearing('+4930123456')(text)).rejects.toMatchObject({ code: 'dial_denied' })
    expect(await clearing('+4930999999')(text)).toMatchObject({ kind: 'service' })
  })

  test.each(['1002', '*43'])('is refused as an extension or a code: %s', async (text) => {
    await expect(clearing(text)(text)).rejects.toMatchObject({ code: 'dial_denied' })
  })

  test('lets others pass, as the policy has them', async () => {
    expect(await clearing('+4930123456')('+49 30 123457')).toMatchObject({ number: '030123457' })
  })

  test('never keeps help away, not even while the list is', async () => {
    expect(await clearing('112')('112')).toMatchObject({ isEmergency: true })
    expect(await clearing('112', true)('112')).toMatchObject({ isEmergency: true })
  })

  test('nothing else passes while the list cannot be read', async () => {
    await expect(clearing('', true)('030 123456')).rejects.toMatchObject({ code: 'unavailable' })
  })
})
