import { describe, expect, test } from 'vitest'
import type { TokenKind } from '../../contract/claims.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import type { Revocation } from '../../contract/revocation-entries.ts'
import { createTokenVerifier, type Verdict } from '../../contract/verdict.ts'
import { UNREADABLE_TOKENS } from './invalid-tokens.ts'
import { mint, newKey, validClaims } from './mint-token.ts'

const issuedAt = 1_750_000_000
const hmac = newKey('HS256', 'hs256-a')
const eddsa = newKey('EdDSA', 'eddsa-b')
const MAX_LIFETIME_S = 3_600
const STALENESS_MS = 5_000

/** A verifier with fresh revocations, one second after `good` was issued. */
function setUp() {
  const cache = createRevocationCache()
  const clock = { nowMs: (issuedAt + 1) * 1000, monotonicMs: 1_000_000 }
  cache.markFresh(clock.monotonicMs, 0)
  const verifier = createTokenVerifier({
    keyring: { find: (kid) => [hmac, eddsa].find((key) => key.kid === kid), onChange: () => {} },
    revocations: cache,
    now: () => clock.nowMs,
    monotonic: () => clock.monotonicMs,
    maxStalenessMs: STALENESS_MS,
    maxTokenLifetimeS: MAX_LIFETIME_S,
    cacheSize: 100,
  })
  return { verifier, cache, clock }
}

const codeOf = (verdict: Verdict) => (verdict.ok ? 'good' : verdict.code)
const good = mint(hmac, issuedAt)
const exp = validClaims(issuedAt).exp

describe('a valid token', () => {
  test('passes, and the verdict has its claims', () => {
    expect(setUp().verifier.verify(good, 'access')).toEqual({ ok: true, claims: validClaims(issuedAt) })
  })
  test('passes again, with the cached verdict', () => {
    const { verifier } = setUp()
    const first = verifier.verify(good, 'access')
    expect(verifier.verify(good, 'access')).toBe(first)
  })
  test('of EdDSA passes', () => {
    expect(setUp().verifier.verify(mint(eddsa, issuedAt), 'access').ok).toBe(true)
  })
  test('has a verdict that its reader cannot change', () => {
    const { verifier } = setUp()
    expect(Object.isFrozen(verifier.verify(good, 'access'))).toBe(true)
    expect(Object.isFrozen(verifier.verify('no token', 'access'))).toBe(true)
  })
})

describe('a token', () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ['passes in its last millisecond', {}, exp * 1000 - 1, 'good'],
    ['has expired at the second of exp', {}, exp * 1000, 'token_expired'],
    ['has expired a second later', {}, (exp + 1) * 1000, 'token_expired'],
    ['has expired years later', {}, exp * 2000, 'token_expired'],
    ['passes if its issuer’s clock is 5 s ahead', {}, (issuedAt - 5) * 1000, 'good'],
    ['is invalid if that clock is more than 5 s ahead', {}, (issuedAt - 5) * 1000 - 1, 'token_invalid'],
    ['is invalid if it was issued tomorrow', {}, (issuedAt - 86_400) * 1000, 'token_invalid'],
    ['passes if nbf is now', { nbf: issuedAt }, issuedAt * 1000, 'good'],
    ['passes if nbf is in 5 s', { nbf: issuedAt + 5 }, issuedAt * 1000, 'good'],
    ['is invalid if nbf is in 6 s', { nbf: issuedAt + 6 }, issuedAt * 1000, 'token_invalid'],
    ['passes with the maximum lifetime', { exp: issuedAt + MAX_LIFETIME_S }, issuedAt * 1000, 'good'],
    [
      'is invalid with a second more',
      { exp: issuedAt + MAX_LIFETIME_S + 1 },
      issuedAt * 1000,
      'token_invalid',
    ],
    ['is invalid if it expires in the year 9999', { exp: 253_402_300_799 }, issuedAt * 1000, 'token_invalid'],
    ['is invalid if it was issued in 1970', { iat: 0 }, issuedAt * 1000, 'token_invalid'],
    ['has expired if exp is before iat', { exp: issuedAt - 1 }, issuedAt * 1000, 'token_expired'],
    ['has expired if exp is iat', { exp: issuedAt }, issuedAt * 1000, 'token_expired'],
  ])('%s', (_, claims, nowMs, code) => {
    const { verifier, clock } = setUp()
    clock.nowMs = nowMs
    expect(codeOf(verifier.verify(mint(hmac, issuedAt, { claims }), 'access'))).toBe(code)
  })

  test('that has passed expires, as its times are checked each time', () => {
    const { verifier, clock } = setUp()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    clock.nowMs = exp * 1000
    expect(codeOf(verifier.verify(good, 'access'))).toBe('token_expired')
    clock.nowMs -= 1
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
  })
})

describe('the kind of a token', () => {
  const kinds: readonly [TokenKind, string][] = [
    ['access', 'at+jwt'],
    ['refresh', 'rt+jwt'],
    ['media-link', 'ml+jwt'],
  ]
  const pairs = kinds.flatMap(([is, typ]) => kinds.map(([due]) => [is, due, typ] as const))
  test.each(pairs)('%s is checked where %s is required', (is, due, typ) => {
    const token = mint(hmac, issuedAt, { header: { typ } })
    expect(codeOf(setUp().verifier.verify(token, due))).toBe(is === due ? 'good' : 'token_wrong_kind')
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['that has expired is reported as expired', { exp: issuedAt }, 'token_expired'],
    ['that was issued tomorrow is invalid', { iat: issuedAt + 60 }, 'token_invalid'],
    [
      'that is revoked is of the wrong kind, as its kind never changes',
      { sid: 'closed' },
      'token_wrong_kind',
    ],
  ])('a refresh token where access is required, %s', (_, claims, code) => {
    const { verifier, cache } = setUp()
    cache.add({ kind: 'sid', key: 'closed', generation: 0, until: exp })
    const token = mint(hmac, issuedAt, { header: { typ: 'rt+jwt' }, claims })
    expect(codeOf(verifier.verify(token, 'access'))).toBe(code)
  })
})

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

test.each<[string, string | undefined, string]>([
  ['no token', undefined, 'token_missing'],
  ['an empty one', '', 'token_invalid'],
  ['a word', 'token', 'token_invalid'],
])('the verifier denies %s', (_, text, code) => {
  expect(codeOf(setUp().verifier.verify(text, 'access'))).toBe(code)
})

test.each([...UNREADABLE_TOKENS])(
  'a verifier that has cached the valid token denies one with %s',
  (_, make) => {
    const { verifier } = setUp()
    verifier.verify(good, 'access')
    const token = make({ hmac, eddsa, nowS: issuedAt })
    if (token !== undefined) expect(codeOf(verifier.verify(token, 'access'))).toBe('token_invalid')
  },
)

describe('the cache of verified tokens', () => {
  test('is not needed for claims without a token, which get the same verdict', () => {
    const { verifier, cache, clock } = setUp()
    const claims = {
      ...validClaims(issuedAt),
      role: 'user' as const,
      aud: 'hookswitch' as const,
      iss: 'hookswitch' as const,
    }
    expect(verifier.checkClaims(claims)).toBeUndefined()
    cache.add({ kind: 'sid', key: 'session-1', generation: 0, until: exp })
    expect(verifier.checkClaims(claims)).toBe('token_revoked')
    clock.nowMs = exp * 1000
    expect(verifier.checkClaims(claims)).toBe('token_expired')
  })
})
