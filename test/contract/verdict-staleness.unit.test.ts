import { describe, expect, test } from 'vitest'
import type { TokenKind } from '../../contract/claims.ts'
import { mint } from './mint-token.ts'
import { codeOf, exp, good, hmac, issuedAt, STALENESS_MS, setUp } from './token-verifier.ts'

describe('the age of the revocation cache', () => {
  test.each([
    ['lets a token pass at its maximum', STALENESS_MS, 'good'],
    ['denies every token a moment beyond it', STALENESS_MS + 0.001, 'cannot_judge'],
    ['denies every token an hour later', 3_600_000, 'cannot_judge'],
  ])('%s', (_, ageMs, code) => {
    const { verifier, clock } = setUp()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    clock.monotonicMs += ageMs
    expect(codeOf(verifier.verify(good, 'access'))).toBe(code)
  })

  test('is not measured by the wall clock, which may jump', () => {
    const { verifier, clock } = setUp()
    clock.nowMs -= 5_000
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    clock.nowMs += 20_000
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
  })

  test('denies every token while the cache is stale, until it is fresh again', () => {
    const { verifier, cache, clock } = setUp()
    cache.markStale()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('cannot_judge')
    cache.markFresh(clock.monotonicMs, 0)
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
  })

  test.each<[string, string | undefined, TokenKind, string]>([
    ['a missing token is reported as missing', undefined, 'access', 'token_missing'],
    ['a malformed token is reported as invalid', 'nonsense', 'access', 'token_invalid'],
    ['an expired token is reported as expired', mint(hmac, issuedAt - 60), 'access', 'token_expired'],
    ['a wrong kind is reported as wrong', good, 'refresh', 'token_wrong_kind'],
    ['a revoked token has no verdict: revoked would mean "log in again"', good, 'access', 'cannot_judge'],
  ])('while the cache is stale, %s', (_, token, kind, code) => {
    const { verifier, cache } = setUp()
    cache.add({ kind: 'sid', key: 'session-1', generation: 0, until: exp })
    cache.markStale()
    expect(codeOf(verifier.verify(token, kind))).toBe(code)
  })
})
