import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createOpaqueRefreshTokens, seal, unseal } from '../../../../api/core/auth/refresh-token.ts'

const secrets = createOpaqueRefreshTokens(randomBytes(32))

/** A session id: 16 bytes in base64url. */
const sessionIds = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'))
const numbers = fc.integer({ min: 0, max: 0xffff_ffff })
const minted = fc.tuple(sessionIds, numbers).map(([sessionId, number]) => secrets.mint(sessionId, number))
const digits = fc.constantFrom(...'0123456789abcdef')

const replaced = (text: string, at: number, by: string) => text.slice(0, at) + by + text.slice(at + 1)

describe('an opaque refresh token', () => {
  test('is parsed into the session and number that it was minted with', () => {
    fc.assert(
      fc.property(sessionIds, numbers, (sessionId, number) => {
        const secret = secrets.mint(sessionId, number)
        expect(secret).toMatchObject({ sessionId, number, text: expect.stringMatching(/^[0-9a-f]{136}$/) })
        expect(secrets.parse(secret.text)).toEqual(secret)
      }),
    )
  })

  test('is stored as a SHA-256 that does not contain it', () => {
    fc.assert(
      fc.property(minted, ({ text, hash }) => {
        expect(hash).toBe(createHash('sha256').update(text).digest('base64url'))
      }),
    )
  })

  test('is never minted twice: 256 bits of it are random', () => {
    const texts = Array.from({ length: 1_000 }, () => secrets.mint('c2Vzc2lvbi1vbmUtb2YtMQ', 7).text)
    expect(new Set(texts.map((text) => text.slice(40, 104))).size).toBe(1_000)
  })

  test('throws for a number beyond 32 bits', () => {
    for (const number of [-1, 2 ** 32]) expect(() => secrets.mint('c2Vzc2lvbi1vbmUtb2YtMQ', number)).toThrow()
  })

  test('is rejected with any one digit changed', () => {
    fc.assert(
      fc.property(minted, fc.nat(135), digits, ({ text }, at, digit) => {
        fc.pre(text[at] !== digit)
        expect(secrets.parse(replaced(text, at, digit))).toBeUndefined()
      }),
      { numRuns: 1_000 },
    )
  })

  test('is rejected with any bytes changed', () => {
    fc.assert(
      fc.property(
        minted,
        fc.nat(67),
        fc.uint8Array({ minLength: 1, maxLength: 68 }),
        ({ text }, at, bytes) => {
          const mutated = Buffer.from(text, 'hex')
          mutated.set(bytes.subarray(0, 68 - at), at)
          fc.pre(mutated.toString('hex') !== text)
          expect(secrets.parse(mutated.toString('hex'))).toBeUndefined()
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('is rejected with the number or the session of another secret', () => {
    fc.assert(
      fc.property(minted, minted, ({ text: one }, { text: other }) => {
        // Session and number of one, randomness and tag of the other.
        expect(secrets.parse(other.slice(0, 40) + one.slice(40))).toBeUndefined()
        expect(secrets.parse(other.slice(0, 104) + one.slice(104))).toBeUndefined()
      }),
    )
  })

  const good = secrets.mint('c2Vzc2lvbi1vbmUtb2YtMQ', 1).text
  test.each([
    ['in capitals', good.toUpperCase()],
    ['cut short', good.slice(0, -1)],
    ['without its tag', good.slice(0, 104)],
    ['with a digit more', `${good}0`],
    ['with a line feed', `${good}\n`],
    ['with a line feed for its last digit', `${good.slice(0, -1)}\n`],
    ['with a blank before it', ` ${good}`],
    ['with full-width digits', `${good.slice(0, -1)}０`],
    ['in base64url', Buffer.from(good, 'hex').toString('base64url')],
    ['that is nothing', ''],
    ['of zeros', '0'.repeat(136)],
  ])('%s is none of ours', (_, text) => {
    expect(secrets.parse(text)).toBeUndefined()
  })

  test('is not parsed from any other text', () => {
    const typed = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: digits, maxLength: 300 }))
    fc.assert(
      fc.property(typed, (text) => {
        expect(secrets.parse(text)).toBeUndefined()
      }),
    )
  })

  test('is rejected when another key minted it', () => {
    const keys = fc.uint8Array({ minLength: 32, maxLength: 32 })
    fc.assert(
      fc.property(keys, keys, sessionIds, numbers, (one, other, sessionId, number) => {
        fc.pre(Buffer.compare(one, other) !== 0)
        const { text } = createOpaqueRefreshTokens(Buffer.from(one)).mint(sessionId, number)
        expect(createOpaqueRefreshTokens(Buffer.from(other)).parse(text)).toBeUndefined()
        expect(createOpaqueRefreshTokens(Buffer.from(one)).parse(text)).toBeDefined()
      }),
    )
  })
})

describe('a sealed child', () => {
  test('is decrypted with its parent', () => {
    fc.assert(
      fc.property(minted, minted, ({ text: child }, { text: parent }) => {
        expect(unseal(seal(child, parent), parent)).toBe(child)
      }),
    )
  })

  test('is not decrypted with any other secret', () => {
    fc.assert(
      fc.property(minted, minted, minted, ({ text: child }, { text: parent }, { text: other }) => {
        expect(() => unseal(seal(child, parent), other)).toThrow()
        expect(() => unseal(seal(child, parent), child)).toThrow()
      }),
    )
  })

  test('is not decrypted with a parent that differs in one digit', () => {
    fc.assert(
      fc.property(minted, minted, fc.nat(135), digits, ({ text: child }, { text: parent }, at, digit) => {
        fc.pre(parent[at] !== digit)
        expect(() => unseal(seal(child, parent), replaced(parent, at, digit))).toThrow()
      }),
    )
  })

  test('is not decrypted with any bit changed, or truncated', () => {
    const length = Buffer.from(seal('0'.repeat(136), ''), 'base64url').length
    fc.assert(
      fc.property(minted, minted, fc.nat(length - 1), fc.nat(7), (child, parent, at, bit) => {
        const sealed = Buffer.from(seal(child.text, parent.text), 'base64url')
        expect(() => unseal(sealed.subarray(0, at).toString('base64url'), parent.text)).toThrow()
        sealed[at] = (sealed[at] ?? 0) ^ (1 << bit)
        expect(() => unseal(sealed.toString('base64url'), parent.text)).toThrow()
      }),
    )
  })

  test('is different each time, and contains neither child nor parent', () => {
    fc.assert(
      fc.property(minted, minted, ({ text: child }, { text: parent }) => {
        const sealed = [seal(child, parent), seal(child, parent)]
        expect(new Set(sealed).size).toBe(2)
        for (const text of sealed) {
          const bytes = Buffer.from(text, 'base64url')
          for (const secret of [child, parent]) {
            expect(bytes.includes(Buffer.from(secret.slice(0, 16), 'latin1'))).toBe(false)
            expect(bytes.includes(Buffer.from(secret.slice(0, 16), 'hex'))).toBe(false)
          }
        }
      }),
    )
  })
})
