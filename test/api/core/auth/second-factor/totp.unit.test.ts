import fc from 'fast-check'
import { HOTP, Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { findTimeStep, newTotpSecret, totpUri } from '../../../../../api/core/auth/second-factor/totp.ts'

/** The secret of RFC 6238, appendix B, for SHA-1. */
const SECRET = Secret.fromLatin1('12345678901234567890').base32

describe('codes of authenticator apps', () => {
  // The RFC has eight digits; six are the last six of them.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %d s the code of RFC 6238 belongs to the step of that time', (seconds, code) => {
    expect(findTimeStep(SECRET, code, seconds * 1000)).toBe(Math.floor(seconds / 30))
  })

  it('accepts the steps before and after the current one, and no others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 2 ** 33 }), fc.integer({ min: -4, max: 4 }), (step, offset) => {
        const secret = Secret.fromBase32(SECRET)
        const at = (counter: number) => HOTP.generate({ secret, counter })
        const neighbours = [step - 1, step, step + 1]
        // Of a million codes two may be the same.
        fc.pre(!neighbours.some((near) => near !== step + offset && at(near) === at(step + offset)))
        const found = findTimeStep(SECRET, at(step + offset), step * 30_000 + 12_345)
        expect(found).toBe(Math.abs(offset) <= 1 ? step + offset : undefined)
      }),
    )
  })

  it.each(['', '12345', '1234567', '12345x', '١٢٣٤٥٦', ' 28708', '-28708'])(
    'refuses %j, which is no code',
    (text) => {
      expect(findTimeStep(SECRET, text, 59_000)).toBeUndefined()
    },
  )

  it('makes secrets of 160 random bits, and a URI that names the account', () => {
    const secret = newTotpSecret()
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(newTotpSecret()).not.toBe(secret)
    const uri = new URL(totpUri(secret, 'anna: &x'))
    expect(uri.protocol).toBe('otpauth:')
    expect(decodeURIComponent(uri.pathname)).toContain('anna: &x')
    expect(Object.fromEntries(uri.searchParams)).toMatchObject({
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})
