import { describe, expect, test } from 'vitest'
import { adoptExtension } from '../../../../../api/store/sql/provisioning/adopt-extension.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture } from './fixtures/extensions.ts'

describe('the extension of an account that has its number already', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const { db, store, users } = await createFixture(engine)
      const user = await users.add(newUser({ username: 'anna', extension: '1001' }))
      const adopt = (secret: string, userId = user.id) =>
        adoptExtension(db, {
          ...{ extension: '1001', userId, ownershipTag: 'demo-1001', now: 2_000 },
          sealedSecret: secret,
        })
      return { store, users, user, adopt }
    }

    test('is due for provisioning, and keeps its number', async () => {
      const { store, users, user, adopt } = await setUp()
      await adopt('sealed')
      expect(await store.listDue(2_000, 10)).toMatchObject([
        {
          extension: '1001',
          userId: user.id,
          ownershipTag: 'demo-1001',
          sealedSecret: 'sealed',
          attempts: 0,
        },
      ])
      const [due] = await store.listDue(2_000, 10)
      if (due === undefined) throw new Error('nothing is due')
      await store.markReady(due, { sealedSecret: 'sealed', authUsername: '1001' }, 2_001)
      expect(await store.findByUser(user.id)).toMatchObject({ extension: '1001', state: 'ready' })
      expect((await users.find(user.id))?.extension).toBe('1001')
    })

    test('is due again with another secret, also after the quarantine of an earlier account', async () => {
      const { store, users, user, adopt } = await setUp()
      await adopt('sealed')
      await adopt('sealed anew')
      expect(await store.findByUser(user.id)).toMatchObject({ sealedSecret: 'sealed anew' })
      await users.remove(user.id, until)
      const orphan = await store.find('1001')
      if (orphan === undefined) throw new Error('it is gone')
      await store.update(orphan, { state: 'quarantined', userId: null })
      const next = await users.add(newUser({ username: 'bert', extension: null }))
      await adopt('sealed', next.id)
      expect(await store.find('1001')).toMatchObject({ state: 'provisioning', userId: next.id })
    })
  })
})
