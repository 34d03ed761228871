import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTokens } from '../../../api/core/tokens.ts'
import { addKey, openKeyring } from '../../../contract/keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
addKey(folder, 'HS256')
const keyring = openKeyring(folder, () => {})
afterAll(() => {
  keyring.close()
  rmSync(folder, { recursive: true })
})

const subject = { sub: '1', sid: randomBytes(16).toString('base64url'), gen: 0, role: 'user' as const }

test('a token that is asked for while the revocation log is being mended waits for it, and is issued', async () => {
  let since: number | undefined
  const tokens = createTokens({ keyring, algorithm: 'HS256', now: Date.now, issuingSince: () => since })
  const issued = tokens.issue('access', subject, Date.now() / 1000 + 60)
  setTimeout(() => {
    since = 0
  }, 120)
  expect((await issued).split('.')).toHaveLength(3)
})

test('while revocations stay unknown none is issued: it could be born dead', async () => {
  let now = Date.now()
  const tokens = createTokens({
    keyring,
    algorithm: 'HS256',
    now: () => (now += 500),
    issuingSince: () => undefined,
  })
  await expect(tokens.issue('access', subject, now / 1000 + 60)).rejects.toMatchObject({
    code: 'unavailable',
    retryAfter: 1,
  })
})
