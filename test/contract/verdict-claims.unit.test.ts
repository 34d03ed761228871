import { describe, expect, test } from 'vitest'
import { validClaims } from './mint-token.ts'
import { exp, issuedAt, setUp } from './token-verifier.ts'

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
