import { describe, expect, test } from 'vitest'
import { mint, validClaims } from './mint-token.ts'
import { codeOf, eddsa, exp, good, hmac, issuedAt, MAX_LIFETIME_S, setUp } from './token-verifier.ts'

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
