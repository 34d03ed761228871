import { describe, expect, test } from 'vitest'
import type { TokenKind } from '../../contract/claims.ts'
import { mint } from './mint-token.ts'
import { codeOf, exp, hmac, issuedAt, setUp } from './token-verifier.ts'

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
