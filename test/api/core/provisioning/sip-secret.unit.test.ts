import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSecretSeal, newSipSecret } from '../../../../api/core/provisioning/sip-secret.ts'

const seal = createSecretSeal(randomBytes(32))

describe('a sealed SIP secret', () => {
  test('opens for its extension, with any text', () => {
    const words = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(words, words, (secret, extension) => {
        expect(seal.open(seal.seal(secret, extension), extension)).toBe(secret)
      }),
    )
  })

  test('does not reveal the secret, nor that two are equal', () => {
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
    ['a truncated text', () => seal.open(sealed.slice(0, 20), '2000')],
    ['another version', () => seal.open(sealed.replace('v1', 'v2'), '2000')],
  ])('does not open for %s', (_, open) => {
    expect(open).toThrow()
  })

  test('does not open after a change of any bit', () => {
    const bytes = Buffer.from(sealed.slice(3), 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => seal.open(`v1.${changed.toString('base64url')}`, '2000'), `bit ${bit}`).toThrow()
    }
  })
})

test('a new secret fits every PBX and keyboard, and is never the same', () => {
  const secrets = Array.from({ length: 200 }, newSipSecret)
  expect(new Set(secrets).size).toBe(200)
  for (const secret of secrets) expect(secret).toMatch(/^[A-HJ-NP-Za-kmnopqrstuvwxyz2-9]{20}$/)
})
