import { createRevocationCache } from '../../contract/revocation-cache.ts'
import { createTokenVerifier, type Verdict } from '../../contract/verdict.ts'
import { mint, newKey, validClaims } from './mint-token.ts'

export const issuedAt = 1_750_000_000
export const hmac = newKey('HS256', 'hs256-a')
export const eddsa = newKey('EdDSA', 'eddsa-b')
export const MAX_LIFETIME_S = 3_600
export const STALENESS_MS = 5_000

/** A verifier with fresh revocations, one second after `good` was issued. */
export function setUp() {
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

export const codeOf = (verdict: Verdict) => (verdict.ok ? 'good' : verdict.code)
/** A valid access token. */
export const good = mint(hmac, issuedAt)
/** When `good` expires, in Unix seconds. */
export const exp = validClaims(issuedAt).exp
