import { expect, test } from 'vitest'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../contract/verdict.ts'
import { mint, newKey } from './mint-token.ts'

const issuedAt = 1_750_000_000
const keys = [newKey('HS256', 'hs256-a'), newKey('EdDSA', 'eddsa-b')]

/** A verifier that has cached `known`. */
function verifierThatCached(known: string, cacheSize = 10) {
  const revocations = createRevocationCache()
  revocations.markFresh(0, 0)
  const verifier = createTokenVerifier({
    keyring: { find: (kid) => keys.find((key) => key.kid === kid), onChange: () => {} },
    revocations,
    now: () => (issuedAt + 1) * 1000,
    monotonic: () => 0,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 3_600,
    cacheSize,
  })
  expect(verifier.verify(known, 'access').ok).toBe(true)
  return verifier
}

test.each(keys.map((key) => [key.alg, key] as const))(
  'a cached token of %s does not let another one pass that ends alike',
  (_, key) => {
    const good = mint(key, issuedAt)
    const verifier = verifierThatCached(good)
    const [header = '', payload = '', signature = ''] = good.split('.')
    const better = Buffer.from(
      Buffer.from(payload, 'base64url').toString().replace('"user"', '"admin"'),
    ).toString('base64url')
    expect(better).not.toBe(payload)
    for (const forged of [
      `${header}.${better}.${signature}`,
      `.${payload}.${signature}`,
      signature,
      good.slice(1),
      `A${good}`,
    ]) {
      expect(verifier.verify(forged, 'access').ok).toBe(false)
    }
    expect(verifier.verify(good, 'access').ok).toBe(true)
  },
)

test('the cache has a maximum size, and tokens beyond it are verified all the same', () => {
  const [key] = keys
  if (key === undefined) throw new Error('there are two keys')
  const verifier = verifierThatCached(mint(key, issuedAt), 2)
  const tokens = [0, 1, 2, 3, 4].map((n) => mint(key, issuedAt, { claims: { jti: `t${n}` } }))
  for (let round = 0; round < 2; round += 1) {
    expect(tokens.map((token) => verifier.verify(token, 'access').ok)).toEqual(Array(5).fill(true))
  }
})
