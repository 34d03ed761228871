import { createRevocationCache } from '../../../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../../../contract/verdict.ts'

type Needs = Parameters<typeof createTokenVerifier>[0]

/** Accepts tokens of one key; no token is revoked, and this was read just now. @param nowS unix seconds */
export function createFreshVerifier(
  key: ReturnType<Needs['keyring']['find']>,
  nowS: number,
  revocations = createRevocationCache(),
) {
  revocations.markFresh(0, 0)
  return createTokenVerifier({
    keyring: { find: () => key, onChange: () => {} },
    revocations,
    now: () => nowS * 1_000,
    monotonic: () => 0,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 3_600,
    cacheSize: 10,
  })
}
