import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { TokenKind } from '../../contract/claims.ts'
import { openKeyring } from '../../contract/keyring.ts'
import { addKey, retireKey } from '../../contract/keys.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import type { Revocation } from '../../contract/revocation-entries.ts'
import { createTokenVerifier, type Verdict } from '../../contract/verdict.ts'
import { UNREADABLE_TOKENS } from './invalid-tokens.ts'
import { mint, newKey, validClaims } from './mint-token.ts'

const issuedAt = 1_750_000_000
const hmac = newKey('HS256', 'hs256-a')
const eddsa = newKey('EdDSA', 'eddsa-b')
const LONGEST = 3_600
const STALENESS_MS = 5_000

/** A verifier who knows everything, one second after a good token was issued. */
function setUp(cacheSize = 100) {
  const cache = createRevocationCache()
  const clock = { nowMs: (issuedAt + 1) * 1000, monotonicMs: 1_000_000 }
  cache.markFresh(clock.monotonicMs, 0)
  const verifier = createTokenVerifier({
    keyring: { find: (kid) => [hmac, eddsa].find((key) => key.kid === kid), onChange: () => {} },
    revocations: cache,
    now: () => clock.nowMs,
    monotonic: () => clock.monotonicMs,
    maxStalenessMs: STALENESS_MS,
    maxTokenLifetimeS: LONGEST,
    cacheSize,
  })
  return { verifier, cache, clock }
}

const codeOf = (verdict: Verdict) => (verdict.ok ? 'good' : verdict.code)
const good = mint(hmac, issuedAt)
const exp = validClaims(issuedAt).exp

describe('a good token', () => {
  test('passes, and the verdict says whose it is', () => {
    expect(setUp().verifier.verify(good, 'access')).toEqual({ ok: true, claims: validClaims(issuedAt) })
  })
  test('passes again and again, as its second verdict comes from cache', () => {
    const { verifier } = setUp()
    const first = verifier.verify(good, 'access')
    expect(verifier.verify(good, 'access')).toBe(first)
  })
  test('of EdDSA passes', () => {
    expect(setUp().verifier.verify(mint(eddsa, issuedAt), 'access').ok).toBe(true)
  })
  test('cannot be changed by who reads the verdict', () => {
    const { verifier } = setUp()
    expect(Object.isFrozen(verifier.verify(good, 'access'))).toBe(true)
    expect(Object.isFrozen(verifier.verify('no token', 'access'))).toBe(true)
  })
})

describe('time', () => {
  test.each<[string, Record<string, unknown>, number, string]>([
    ['in its last millisecond it passes', {}, exp * 1000 - 1, 'good'],
    ['at its very last second it has expired', {}, exp * 1000, 'token_expired'],
    ['a second later it has expired', {}, (exp + 1) * 1000, 'token_expired'],
    ['years later it has expired', {}, exp * 2000, 'token_expired'],
    ['issued five seconds ahead of us it passes', {}, (issuedAt - 5) * 1000, 'good'],
    ['issued more than five seconds ahead of us it is none', {}, (issuedAt - 5) * 1000 - 1, 'token_invalid'],
    ['issued tomorrow it is none', {}, (issuedAt - 86_400) * 1000, 'token_invalid'],
    ['good from now on it passes', { nbf: issuedAt }, issuedAt * 1000, 'good'],
    ['good from five seconds on it passes', { nbf: issuedAt + 5 }, issuedAt * 1000, 'good'],
    ['good from six seconds on it is none yet', { nbf: issuedAt + 6 }, issuedAt * 1000, 'token_invalid'],
    ['of the longest life it passes', { exp: issuedAt + LONGEST }, issuedAt * 1000, 'good'],
    ['of a second more it is none', { exp: issuedAt + LONGEST + 1 }, issuedAt * 1000, 'token_invalid'],
    ['good to the year 9999 it is none', { exp: 253_402_300_799 }, issuedAt * 1000, 'token_invalid'],
    ['issued in 1970 it is none', { iat: 0 }, issuedAt * 1000, 'token_invalid'],
    ['that ends before it begins has expired', { exp: issuedAt - 1 }, issuedAt * 1000, 'token_expired'],
    ['that ends as it begins has expired', { exp: issuedAt }, issuedAt * 1000, 'token_expired'],
  ])('%s', (_, claims, nowMs, code) => {
    const { verifier, clock } = setUp()
    clock.nowMs = nowMs
    expect(codeOf(verifier.verify(mint(hmac, issuedAt, { claims }), 'access'))).toBe(code)
  })

  test('is asked each time: a token that passed expires', () => {
    const { verifier, clock } = setUp()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    clock.nowMs = exp * 1000
    expect(codeOf(verifier.verify(good, 'access'))).toBe('token_expired')
    clock.nowMs -= 1
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
  })
})

describe('kind', () => {
  const kinds: readonly [TokenKind, string][] = [
    ['access', 'at+jwt'],
    ['refresh', 'rt+jwt'],
    ['media-link', 'ml+jwt'],
  ]
  const pairs = kinds.flatMap(([is, typ]) => kinds.map(([due]) => [is, due, typ] as const))
  test.each(pairs)('%s where %s is due', (is, due, typ) => {
    const token = mint(hmac, issuedAt, { header: { typ } })
    expect(codeOf(setUp().verifier.verify(token, due))).toBe(is === due ? 'good' : 'token_wrong_kind')
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['expired, it has expired', { exp: issuedAt }, 'token_expired'],
    ['issued tomorrow, it is none', { iat: issuedAt + 60 }, 'token_invalid'],
    ['revoked, it is of the wrong kind: that never changes', { sid: 'closed' }, 'token_wrong_kind'],
  ])('a refresh token where access is due: %s', (_, claims, code) => {
    const { verifier, cache } = setUp()
    cache.add({ kind: 'sid', key: 'closed', generation: 0, until: exp })
    const token = mint(hmac, issuedAt, { header: { typ: 'rt+jwt' }, claims })
    expect(codeOf(verifier.verify(token, 'access'))).toBe(code)
  })
})

describe('revocation', () => {
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

  test('counts at once for a token that passed before', () => {
    const { verifier, cache } = setUp()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    cache.add({ kind: 'jti', key: 'token-1', generation: 0, until: exp })
    expect(codeOf(verifier.verify(good, 'access'))).toBe('token_revoked')
  })

  test.each([
    ['issued before the cutoff of an epoch, it is revoked', issuedAt + 1, 'token_revoked'],
    ['issued at the cutoff, it passes', issuedAt, 'good'],
  ])('%s', (_, cutoff, code) => {
    const { verifier, cache, clock } = setUp()
    cache.markFresh(clock.monotonicMs, cutoff)
    expect(codeOf(verifier.verify(good, 'access'))).toBe(code)
  })

  test('of a user spares a login of the same second, as it has a newer generation', () => {
    const { verifier, cache } = setUp()
    cache.add({ kind: 'user', key: '7', generation: 3, until: exp })
    const of = (gen: number) => codeOf(verifier.verify(mint(hmac, issuedAt, { claims: { gen } }), 'access'))
    expect([of(2), of(3), of(4)]).toEqual(['token_revoked', 'good', 'good'])
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a session, token and user called %s are not taken for revoked, and can be',
    (name) => {
      const { verifier, cache } = setUp()
      const token = mint(hmac, issuedAt, { claims: { sid: name, jti: name, sub: name } })
      expect(codeOf(verifier.verify(token, 'access'))).toBe('good')
      cache.add({ kind: 'user', key: name, generation: 1, until: exp })
      expect(codeOf(verifier.verify(token, 'access'))).toBe('token_revoked')
    },
  )
})

describe('how old the knowledge is', () => {
  test.each([
    ['at its bound, a token passes', STALENESS_MS, 'good'],
    ['a moment beyond it, nothing can be judged', STALENESS_MS + 0.001, 'cannot_judge'],
    ['an hour later, nothing can be judged', 3_600_000, 'cannot_judge'],
  ])('%s', (_, ageMs, code) => {
    const { verifier, clock } = setUp()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    clock.monotonicMs += ageMs
    expect(codeOf(verifier.verify(good, 'access'))).toBe(code)
  })

  test('is not told by the wall clock, which may jump', () => {
    const { verifier, clock } = setUp()
    clock.nowMs -= 5_000
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
    clock.nowMs += 20_000
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
  })

  test('in doubt, nothing can be judged until somebody vouches again', () => {
    const { verifier, cache, clock } = setUp()
    cache.markStale()
    expect(codeOf(verifier.verify(good, 'access'))).toBe('cannot_judge')
    cache.markFresh(clock.monotonicMs, 0)
    expect(codeOf(verifier.verify(good, 'access'))).toBe('good')
  })

  test.each<[string, string | undefined, TokenKind, string]>([
    ['a missing token is missing all the same', undefined, 'access', 'token_missing'],
    ['nonsense is nonsense all the same', 'nonsense', 'access', 'token_invalid'],
    ['an expired token has expired all the same', mint(hmac, issuedAt - 60), 'access', 'token_expired'],
    ['a wrong kind is wrong all the same', good, 'refresh', 'token_wrong_kind'],
    ['a revoked token cannot be judged: revoked would mean "log in again"', good, 'access', 'cannot_judge'],
  ])('in doubt, %s', (_, token, kind, code) => {
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
])('%s', (_, text, code) => {
  expect(codeOf(setUp().verifier.verify(text, 'access'))).toBe(code)
})

test.each([...UNREADABLE_TOKENS])('a verifier who knows the good token refuses one with %s', (_, make) => {
  const { verifier } = setUp()
  verifier.verify(good, 'access')
  const token = make({ hmac, eddsa, nowS: issuedAt })
  if (token !== undefined) expect(codeOf(verifier.verify(token, 'access'))).toBe('token_invalid')
})

describe('the cache of verified tokens', () => {
  test('holds what it is given room for, and judges the rest all the same', () => {
    const { verifier } = setUp(2)
    const tokens = [0, 1, 2, 3, 4].map((n) => mint(hmac, issuedAt, { claims: { jti: `t${n}` } }))
    for (let round = 0; round < 2; round += 1) {
      expect(tokens.map((token) => codeOf(verifier.verify(token, 'access')))).toEqual(Array(5).fill('good'))
    }
  })

  test('claims without a token are judged alike', () => {
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

describe('keys that come and go', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hs-keys-'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(() => {
    vi.useRealTimers()
    rmSync(folder, { recursive: true })
  })

  test('a retired key takes the tokens it signed with it, also those that passed before', async () => {
    const kids = [addKey(folder, 'HS256'), addKey(folder, 'HS256')]
    const keyring = openKeyring(folder, () => {})
    const { cache, clock } = setUp()
    const verifier = createTokenVerifier({
      keyring,
      revocations: cache,
      now: () => clock.nowMs,
      monotonic: () => clock.monotonicMs,
      maxStalenessMs: STALENESS_MS,
      maxTokenLifetimeS: LONGEST,
      cacheSize: 100,
    })
    const tokens = keyring.all().map((key) => [key.kid, mint(key, issuedAt)] as const)
    const codes = () =>
      Object.fromEntries(tokens.map(([kid, token]) => [kid, codeOf(verifier.verify(token, 'access'))]))
    const [first = '', second = ''] = kids
    expect(codes()).toEqual({ [first]: 'good', [second]: 'good' })

    retireKey(folder, first)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(codes()).toEqual({ [first]: 'token_invalid', [second]: 'good' })
    keyring.close()
  })
})
