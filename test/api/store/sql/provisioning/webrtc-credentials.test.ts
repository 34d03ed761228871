import { beforeEach, describe, expect, test } from 'vitest'
import type {
  EphemeralCredential,
  EphemeralCredentialStore,
} from '../../../../../api/core/provisioning/webrtc-credential-store.ts'
import { createEphemeralCredentialStore } from '../../../../../api/store/sql/provisioning/webrtc-credentials.ts'
import { AUDIENCE, ISSUER } from '../../../../../contract/claims.ts'
import { onBothEngines } from '../engines.ts'

const newCredential = (difference: Partial<EphemeralCredential> = {}): EphemeralCredential => ({
  id: '1001-w-a',
  extension: '1001',
  ownershipTag: 'm',
  userId: '7',
  claims: {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: '7',
    sid: 's',
    jti: 'j',
    iat: 100,
    exp: 200,
    gen: 0,
    role: 'user',
    extension: '1001',
    sxp: 900,
  },
  sealedSecret: 'v1.x',
  state: 'issuing',
  lockedUntil: 110,
  createdAt: 100_000,
  expiresAt: 700,
  ...difference,
})

onBothEngines(({ tables }) => {
  let store: EphemeralCredentialStore
  beforeEach(async () => {
    store = createEphemeralCredentialStore(await tables())
  })
  const insertActive = async (
    difference: Partial<EphemeralCredential> = {},
  ): Promise<EphemeralCredential> => {
    const loan = newCredential(difference)
    await store.insert(loan)
    const moved = await store.transition(loan, { state: 'active', lockedUntil: 0 })
    return moved ?? expect.fail('it is not active')
  }

  describe('ephemeral credentials', () => {
    test('are read as they were written', async () => {
      expect(await store.insert(newCredential())).toBe(true)
      expect(await store.listByExtension('1001')).toEqual([newCredential()])
      expect(await insertActive({ id: '1002-w-a', extension: '1002' })).toEqual(
        newCredential({ id: '1002-w-a', extension: '1002', state: 'active', lockedUntil: 0 }),
      )
      expect(await store.listByExtension('1003')).toEqual([])
    })

    test('change state one at a time per extension, independently of other extensions', async () => {
      const first = await insertActive()
      expect(await store.insert(newCredential({ id: '1001-w-b' }))).toBe(true)
      expect(await store.insert(newCredential({ id: '1001-w-c' }))).toBe(false)
      expect(await store.transition(first, { state: 'revoking', lockedUntil: 120 })).toBeUndefined()
      expect(await store.insert(newCredential({ id: '1002-w-a', extension: '1002' }))).toBe(true)
      await store.transition(newCredential({ id: '1001-w-b' }), { state: 'active', lockedUntil: 0 })
      expect(await store.transition(first, { state: 'revoking', lockedUntil: 120 })).toMatchObject({
        state: 'revoking',
      })
    })

    test('of several concurrent inserts one succeeds', async () => {
      const tries = ['a', 'b', 'c', 'd'].map((one) => store.insert(newCredential({ id: `1001-w-${one}` })))
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
    })

    test('of two concurrent transitions one succeeds; an outdated copy changes and deletes nothing', async () => {
      const known = await insertActive()
      const to = { state: 'revoking', lockedUntil: 120 } as const
      const both = await Promise.all([store.transition(known, to), store.transition(known, to)])
      expect(both.filter((one) => one !== undefined)).toHaveLength(1)
      await store.delete(known)
      expect(await store.listByExtension('1001')).toHaveLength(1)
      await store.delete({ ...known, ...to })
      expect(await store.listByExtension('1001')).toEqual([])
    })

    test('are due at their expiry, and after the process that locked them has died', async () => {
      await insertActive({ id: '1001-w-a', expiresAt: 500 })
      await insertActive({ id: '1002-w-a', extension: '1002', expiresAt: 501 })
      await store.insert(newCredential({ id: '1003-w-a', extension: '1003', lockedUntil: 499 }))
      await store.insert(newCredential({ id: '1004-w-a', extension: '1004', lockedUntil: 501 }))
      const due = await store.listDue(500, 10)
      expect(due.map(({ id }) => id)).toEqual(['1001-w-a', '1003-w-a'])
      expect(await store.listDue(500, 1)).toHaveLength(1)
    })

    test('are listed in pages, and per extension the oldest first', async () => {
      await insertActive({ id: '1001-w-b', createdAt: 100_002 })
      await insertActive({ id: '1001-w-a', createdAt: 100_003 })
      await insertActive({ id: '1001-w-c', createdAt: 100_001 })
      await store.insert(newCredential({ id: '1001-w-d' }))
      expect((await store.listByExtension('1001')).map(({ id }) => id)).toEqual([
        '1001-w-d',
        '1001-w-c',
        '1001-w-b',
        '1001-w-a',
      ])
      const page = await store.listActive({ afterId: '1001-w-a', limit: 2 })
      expect(page.map(({ id }) => id)).toEqual(['1001-w-b', '1001-w-c'])
    })
  })
})
