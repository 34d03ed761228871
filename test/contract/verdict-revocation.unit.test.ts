import { describe, expect, test } from 'vitest'
import type { Revocation } from '../../contract/revocation-entries.ts'
import { mint } from './mint-token.ts'
import { codeOf, exp, good, hmac, issuedAt, setUp } from './token-verifier.ts'

describe('a token, after a revocation', () => {
  test.each<[string, Partial<Revocation>, string]>([
    ['of its session', { kind: 'sid', key: 'session-1' }, 'token_revoked'],
    ['of another session', { kind: 'sid', key: 'session-2' }, 'good'],
    ['of a session in other letters', { kind: 'sid', key: 'SESSION-1' }, 'good'],
    ['of itself', { kind: 'jti', key: 'token-1' }, 'token_revoked'],
    ['of another token', { kind: 'jti', key: 'token-2' }, 'good'],
    ['of a token named like its session', { kind: 'jti', key: 'session-1' }, 'good'],
    ['of a session named like itself', { kind: 'sid', key: 'token-1' }, 'good'],
    ['of its user up to its generation', { kind: 'user', key: '7', generation: 1 }, 'token_revoked'],
    ['of its user before its generation', { kind: 'user', key: '7', generation: 0 }, 'good'],
    ['of another user', { kind: 'user', key: '8', generation: 9 }, 'good'],
    ['of __proto__', { kind: 'sid', key: '__proto__' }, 'good'],
  ])('%s', (_, revocation, code) => {
    const { verifier, cache } = setUp()
    cache.add({ kind: 'sid', key: '', generation: 0, until: exp, ...revocation })
    expect(codeOf(verifier.verify(good, 'access'))).toBe(code)
  })

  test('is denied at once, even if it passed before', () => {
    const { verifier, cache } = setUp()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    cache.add({ kind: 'jti', key: 'token-1', generation: 0, until: exp })
    expect(codeOf(verifier.verify(good, 'access'))).toBe('token_revoked')
  })

  test.each([
    ['is revoked if it was issued before the cutoff of an epoch', issuedAt + 1, 'token_revoked'],
    ['passes if it was issued at the cutoff', issuedAt, 'good'],
  ])('%s', (_, cutoff, code) => {
    const { verifier, cache, clock } = setUp()
    cache.markFresh(clock.monotonicMs, cutoff)
    expect(codeOf(verifier.verify(good, 'access'))).toBe(code)
  })

  test('of its user passes if it has a newer generation, even of the same second', () => {
    const { verifier, cache } = setUp()
    cache.add({ kind: 'user', key: '7', generation: 3, until: exp })
    const of = (gen: number) => codeOf(verifier.verify(mint(hmac, issuedAt, { claims: { gen } }), 'access'))
    expect([of(2), of(3), of(4)]).toEqual(['token_revoked', 'good', 'good'])
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'of a session, token and user called %s, is revoked only if an entry matches',
    (name) => {
      const { verifier, cache } = setUp()
      const token = mint(hmac, issuedAt, { claims: { sid: name, jti: name, sub: name } })
      expect(codeOf(verifier.verify(token, 'access'))).toBe('good')
      cache.add({ kind: 'user', key: name, generation: 1, until: exp })
      expect(codeOf(verifier.verify(token, 'access'))).toBe('token_revoked')
    },
  )
})
