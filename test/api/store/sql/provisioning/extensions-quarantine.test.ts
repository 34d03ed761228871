import { describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createExtensionStore } from '../../../../../api/store/sql/provisioning/extensions.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture } from './fixtures/extensions.ts'

interface Stores {
  users: ReturnType<typeof createUserStore>
  agents: ReturnType<typeof createAgentStore>
  /** A user without an extension. */
  cleo: string
  now: number
}

describe('extensions', () => {
  onBothEngines((engine) => {
    const setUp = () => createFixture(engine)

    test('finds extensions without a user, and assigns numbers again after their quarantine', async () => {
      const { store, users, reserve } = await setUp()
      const known = await reserve()
      expect(await store.listOrphaned(10)).toEqual([])
      await users.remove(known.userId ?? '', until)
      const [orphan] = await store.listOrphaned(10)
      expect(orphan).toEqual(known)
      await store.update(known, { state: 'quarantined', userId: null, changedAt: 1_500 })
      await store.releaseQuarantined(1_500)
      expect((await reserve('b@example.org')).extension).toBe('2001')
      await store.releaseQuarantined(1_501)
      expect((await reserve('c@example.org')).extension).toBe('2000')
    })

    test.each<[string, (stores: Stores) => Promise<unknown>]>([
      ['a new user', ({ users }) => users.add(newUser({ username: 'bert' }))],
      ['a user', ({ users, cleo }) => users.update(cleo, { extension: '201' }, until)],
      [
        'a new agent',
        ({ agents, now }) => {
          const account = newUser({ username: 'bert' })
          return agents.add({ account, userId: null, name: 'bert', kind: 'human', team: null }, now, until)
        },
      ],
      [
        'a user who becomes an agent',
        ({ agents, cleo, now }) => {
          const agent = { userId: cleo, name: 'cleo', kind: 'human', team: null } as const
          return agents.add({ ...agent, extension: '201' }, now, until)
        },
      ],
    ])('a number is assigned to %s only after its quarantine', async (_, give) => {
      const db = await engine.tables()
      let now = 1_000
      const users = createUserStore(db, () => now, 500)
      const stores = async () => ({ users, agents: createAgentStore(db, 500), cleo, now })
      const cleo = (await users.add(newUser({ username: 'cleo', extension: null }))).id
      const anna = await users.add(newUser())
      await users.remove(anna.id, until)
      now = 1_499
      await expect(give(await stores())).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
      now = 1_500
      await give(await stores())
      expect(await users.findByLogin('201')).toMatchObject({ extension: '201' })
      expect(await createExtensionStore(db).find('201')).toBeUndefined()
    })

    test('a quarantine of zero is over at once', async () => {
      const db = await engine.tables()
      const users = createUserStore(db, () => 1_000, 0)
      await users.remove((await users.add(newUser())).id, until)
      expect(await users.add(newUser({ username: 'bert' }))).toMatchObject({ extension: '201' })
    })

    test('a number is assigned during its quarantine on request, together with the account or not at all', async () => {
      const { users, store } = await setUp()
      await users.remove((await users.add(newUser())).id, until)
      const bert = await users.add(newUser({ username: 'bert', extension: '202' }))
      const reuse = { reuse: true }
      const resting = { state: 'quarantined' }

      const sameName = newUser({ username: 'bert' })
      await expect(users.add(sameName, reuse)).rejects.toMatchObject({ code: 'taken', detail: 'username' })
      expect(await store.find('201')).toMatchObject(resting)
      const other = users.update('999', { extension: '201' }, until, reuse)
      await expect(other).rejects.toMatchObject({ code: 'not_found' })
      expect(await store.find('201')).toMatchObject(resting)

      await users.update(bert.id, { extension: '201' }, until, reuse)
      expect(await store.find('201')).toBeUndefined()
      expect(await users.add(newUser({ username: 'cleo', extension: '202' }), reuse)).toMatchObject({
        extension: '202',
      })
      const others = users.add(newUser({ username: 'dora', extension: '201' }), reuse)
      await expect(others).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
    })
  })
})
