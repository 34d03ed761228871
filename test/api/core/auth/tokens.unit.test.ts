import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createTokens } from '../../../../api/core/auth/tokens.ts'
import { Claims } from '../../../../contract/claims.ts'
import { openKeyring } from '../../../../contract/keyring.ts'
import { addKey } from '../../../../contract/keys.ts'

const folder = mkdtempSync(join(tmpdir(), 'keys-'))
addKey(folder, 'HS256')
const keyring = openKeyring(folder, () => {})
afterAll(() => {
  keyring.close()
  rmSync(folder, { recursive: true })
})

const subject = { sub: '1', sid: randomBytes(16).toString('base64url'), gen: 0, role: 'user' as const }

test('issuing a token waits while the revocation stream is rebuilt, and succeeds', async () => {
  let since: number | undefined
  const tokens = createTokens({ keyring, algorithm: 'HS256', now: Date.now, issuingSince: () => since })
  const issued = tokens.issue('access', subject, Date.now() / 1000 + 60)
  setTimeout(() => {
    since = 0
  }, 120)
  expect((await issued).split('.')).toHaveLength(3)
})

test('while revocations are unknown no token is issued: it could be revoked already', async () => {
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

test.each([
  [
    'a user may be named an agent, and counts as a user',
    'user',
    'agent',
    { claimed: 'agent', effective: 'user' },
  ],
  [
    'no user becomes an admin by the role name of a surface',
    'user',
    'admin',
    { claimed: 'user', effective: 'user' },
  ],
  ['a supervisor stays one', 'supervisor', 'agent', { claimed: 'supervisor', effective: 'supervisor' }],
] as const)('%s', async (_, role, called, { claimed, effective }) => {
  const tokens = createTokens({ keyring, algorithm: 'HS256', now: Date.now, issuingSince: () => 0 })
  const extraClaims = { role: called }
  const token = await tokens.issue('access', { ...subject, role }, Math.floor(Date.now() / 1000) + 60, {
    extraClaims,
  })
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  expect(payload.role).toBe(claimed)
  expect(Claims.parse(payload).role).toBe(effective)
})
