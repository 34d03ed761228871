import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSecretSeal, newSipSecret } from '../../../../api/core/provisioning/sip-secret.ts'

const seal = createSecretSeal(randomBytes(32))

describe('a sealed SIP secret', () => {
  test('opens for the extension it was sealed for, whatever it says', () => {
    const words = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(words, words, (secret, extension) => {
        expect(seal.open(seal.seal(secret, extension), extension)).toBe(secret)
      }),
    )
  })

  test('shows nothing of the secret, nor that two are the same', () => {
    const secret = newSipSecret()
    const sealed = seal.seal(secret, '2000')
    expect(sealed).not.toContain(secret)
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain(secret)
    expect(seal.seal(secret, '2000')).not.toBe(sealed)
  })

  const sealed = seal.seal('secret', '2000')
  test.each([
    ['another extension', () => seal.open(sealed, '2001')],
    ['another key', () => createSecretSeal(randomBytes(32)).open(sealed, '2000')],
    ['nothing', () => seal.open('', '2000')],
    ['what was cut short', () => seal.open(sealed.slice(0, 20), '2000')],
    ['another version', () => seal.open(sealed.replace('v1', 'v2'), '2000')],
  ])('opens not for %s', (_, open) => {
    expect(open).toThrow()
  })

  test('opens not when any bit of it was changed', () => {
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => seal.open(`v1.${changed.toString('base64url')}`, '2000'), `bit ${bit}`).toThrow()
    }
  })
})

test('a new secret is what every PBX and every keyboard takes, and never the same', () => {
  const secrets = Array.from({ length: 200 }, newSipSecret)
  expect(new Set(secrets).size).toBe(200)
  for (const secret of secrets) expect(secret).toMatch(/^[A-HJ-NP-Za-kmnopqrstuvwxyz2-9]{20}$/)
})
