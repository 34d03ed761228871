import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openKeyring } from '../../contract/keyring.ts'
import { addKey, retireKey } from '../../contract/keys.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import { createTokenVerifier } from '../../contract/verdict.ts'
import { mint } from './mint-token.ts'

const issuedAt = 1_750_000_000

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hs-keys-'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

test('a retired key invalidates the tokens that it signed, even those that passed before', async () => {
  const [first, second] = [addKey(folder, 'HS256'), addKey(folder, 'HS256')]
  const keyring = openKeyring(folder, () => {})
  const revocations = createRevocationCache()
  revocations.markFresh(0, 0)
  const verifier = createTokenVerifier({
    keyring,
    revocations,
    now: () => (issuedAt + 1) * 1000,
    monotonic: () => 0,
    maxStalenessMs: 5_000,
    maxTokenLifetimeS: 3_600,
    cacheSize: 100,
  })
  const tokens = keyring.all().map((key) => [key.kid, mint(key, issuedAt)] as const)
  const codes = () =>
    Object.fromEntries(
      tokens.map(([kid, token]) => {
        const verdict = verifier.verify(token, 'access')
        return [kid, verdict.ok ? 'good' : verdict.code]
      }),
    )
  expect(codes()).toEqual({ [first]: 'good', [second]: 'good' })

  retireKey(folder, first)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(codes()).toEqual({ [first]: 'token_invalid', [second]: 'good' })
  keyring.close()
})
