import { describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createUserStatusStore } from '../../../../../api/store/sql/presence/user-statuses.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

describe('user statuses', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const db = await engine.tables()
      return { db, statuses: createUserStatusStore(db) }
    }

    test('are stored per user', async () => {
      const { statuses } = await setUp()
      expect(await statuses.all()).toEqual(new Map())
      await statuses.set('1', 'dnd', 100)
      await statuses.set('2', 'away', 101)
      expect(await statuses.all()).toEqual(
        new Map([
          ['1', { status: 'dnd', at: 100 }],
          ['2', { status: 'away', at: 101 }],
        ]),
      )
    })

    test.each([
      ['a later status', 101, 'available'],
      ['a status of the same second', 100, 'available'],
      ['a delayed status', 99, 'dnd'],
    ] as const)('%s: the newest stays', async (_, at, status) => {
      const { statuses } = await setUp()
      await statuses.set('1', 'dnd', 100)
      await statuses.set('1', 'available', at)
      expect((await statuses.all()).get('1')?.status).toBe(status)
    })

    test('do not prevent the removal of a user', async () => {
      const { db, statuses } = await setUp()
      const users = createUserStore(db)
      const { id } = await users.add(newUser())
      await statuses.set(id, 'away', 100)
      await expect(users.remove(id, until)).resolves.toMatchObject({ kind: 'user', key: id })
    })
  })
})
