import { describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createFavouriteStore } from '../../../../../api/store/sql/directory/favourites.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

describe('favourites', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const users = createUserStore(db)
      const { id } = await users.add(newUser())
      const other = await users.add(newUser({ username: 'boris', extension: '202' }))
      const favourites = createFavouriteStore(db)
      const add = (extension: string, max = 200) => favourites.add(id, extension, { now: 1, max })
      return { users, favourites, add, id, otherId: other.id }
    }

    test('belong to one user, and are added and removed once', async () => {
      const { favourites, add, id, otherId } = await setUp()
      expect([await add('1001'), await add('1001'), await add('1002')]).toEqual([true, true, true])
      expect((await favourites.list(id)).sort()).toEqual(['1001', '1002'])
      expect(await favourites.list(otherId)).toEqual([])
      await favourites.remove(otherId, '1001')
      await favourites.remove(id, '1002')
      await favourites.remove(id, '1002')
      expect(await favourites.list(id)).toEqual(['1001'])
    })

    test('do not pass their limit, also if requests are concurrent', async () => {
      const { favourites, add, id } = await setUp()
      const added = await Promise.all(['1', '2', '3', '4', '5', '6'].map((one) => add(one, 3)))
      expect(added.filter(Boolean)).toHaveLength(3)
      const stored = await favourites.list(id)
      expect(stored).toHaveLength(3)
      expect(await add(stored[0] ?? '', 3)).toBe(true)
    })

    test('are deleted with their user', async () => {
      const { users, favourites, add, id } = await setUp()
      await add('1001')
      await users.remove(id, until)
      expect(await favourites.list(id)).toEqual([])
      expect(await add('1001')).toBe(true)
      expect(await favourites.list(id)).toEqual([])
    })
  })
})
