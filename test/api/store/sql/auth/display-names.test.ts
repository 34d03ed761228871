import { describe, expect, test } from 'vitest'
import { DisplayName } from '../../../../../api/core/values/display-name.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createMember } from '../../../../../api/store/sql/registration/create-member.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const TAKEN = { code: 'taken', detail: 'display_name' }

describe('display names', () => {
  test.each([
    ['a\u0301'.repeat(20), true],
    [`b${'\u0316'.repeat(4)}`, true],
    [`b${'\u0316'.repeat(5)}`, false],
  ])('%j has few enough accents: %s', (name, isValid) => {
    expect(DisplayName.safeParse(name).success).toBe(isValid)
  })

  onBothEngines((engine) => {
    test('are of one user alone, in any form, and are no other user’s username or extension', async () => {
      const users = createUserStore(await engine.tables())
      const { id } = await users.add(newUser({ displayName: 'Anna' }))
      await users.add(newUser({ username: 'admin', extension: 'desk-1', displayName: 'Root of all' }))
      for (const displayName of ['admin', 'ADMIN', '𝐚dmin', ' admin ', 'desk-1', 'root  OF\u00a0all']) {
        await expect(users.setProfile(id, { displayName })).rejects.toMatchObject(TAKEN)
        await expect(users.update(id, { displayName }, until)).rejects.toMatchObject(TAKEN)
        const another = newUser({ username: 'boris', extension: null, displayName })
        await expect(users.add(another)).rejects.toMatchObject(TAKEN)
      }
      expect(await users.find(id)).toMatchObject({ displayName: 'Anna', revision: 0 })
      for (const displayName of ['anna', 'Anna', 'Admin (PBX)'])
        expect(await users.setProfile(id, { displayName })).toMatchObject({ displayName })
    })

    test('of people who register are left out if another user has them', async () => {
      const db = await engine.tables()
      await createUserStore(db).add(newUser({ username: 'admin' }))
      const member = (username: string, name: string) => ({
        ...newUser({ username, extension: null }),
        ...{ email: `${username}@example.org`, name, team: null },
      })
      const register = (username: string, name: string) =>
        db.transaction((trx) => createMember(trx, member(username, name), { now: 1, quarantine: 0 }))
      expect(await register('boris', 'Admin')).toMatchObject({ displayName: null })
      expect(await register('carl', 'Carl')).toMatchObject({ displayName: 'Carl' })
    })

    test('of two users who take one name at once one gets it', async () => {
      const url = await engine.empty()
      await migrate(url)
      const dbs = [await openDatabase(url), await openDatabase(url)]
      const stores = dbs.map((db) => createUserStore(db))
      const ids: string[] = []
      for (const username of ['a', 'b', 'c', 'd'])
        ids.push((await stores[0]?.add(newUser({ username, extension: null })))?.id ?? '')
      const outcomes = await Promise.allSettled(
        ids.map(async (id, n) => stores[n % 2]?.setProfile(id, { displayName: 'Chief' })),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const db of dbs) await db.close()
    })
  })
})
