import { describe, expect, test } from 'vitest'
import type { UserCursor } from '../../../../../api/core/auth/users.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const ADMIN = newUser({ username: 'root', extension: null, role: 'admin' })

describe('administration of users', () => {
  onBothEngines((engine) => {
    const store = async () => createUserStore(await engine.tables())

    test.each([
      ['part of a username in capitals', { text: 'NN' }, ['anna']],
      ['part of a Cyrillic username in capitals', { text: 'АНН' }, ['Ханна']],
      ['part of an address', { text: '@EXAMPLE' }, ['boris']],
      ['an extension', { text: '202' }, ['boris']],
      ['part of a display name', { text: 'SMITH' }, ['anna']],
      ['a wildcard', { text: '%' }, []],
      ['a NUL', { text: 'a\0' }, []],
      ['a role', { role: 'admin' as const }, ['root']],
      ['the disabled ones', { disabled: true }, ['boris']],
      ['nothing', {}, ['anna', 'boris', 'root', 'Ханна']],
      ['two conditions', { disabled: false, text: 'o' }, ['root']],
    ])('a search finds users by %s', async (_, filter, names) => {
      const users = await store()
      await users.add(newUser({ displayName: 'Anna Smith' }))
      await users.add(
        newUser({ username: 'boris', extension: '202', email: 'b@example.org', disabled: true }),
      )
      await users.add(newUser({ username: 'Ханна', extension: null }))
      await users.add(ADMIN)
      const found = await users.search(filter, { limit: 10 })
      expect(found.map(({ username }) => username).sort()).toEqual([...names].sort())
      expect(await users.countMatching(filter)).toBe(names.length)
    })

    test('a search pages through all users by name, each once', async () => {
      const users = await store()
      for (const username of ['d', 'B', 'c', 'a', 'E'])
        await users.add(newUser({ username, extension: null }))
      const names: string[] = []
      for (let after: UserCursor | undefined; ; ) {
        const page = await users.search({}, { limit: 2, ...(after && { after }) })
        names.push(...page.map(({ username }) => username))
        after = page.at(-1)
        if (after === undefined) break
      }
      expect(names).toEqual(['a', 'B', 'c', 'd', 'E'])
    })

    test('a new name and address leave tokens valid; both names are checked and released', async () => {
      const users = await store()
      const anna = await users.add(newUser({ email: 'anna@example.org' }))
      const changed = await users.update(anna.id, { displayName: 'Анна', email: 'a@example.org' }, until)
      expect(changed).toMatchObject({
        user: { displayName: 'Анна', email: 'a@example.org', revision: 1, generation: 0 },
        revocation: undefined,
      })
      expect(await users.findByLogin('A@EXAMPLE.ORG')).toMatchObject({ id: anna.id })
      expect(await users.findByLogin('anna@example.org')).toBeUndefined()
      const boris = await users.add(
        newUser({ username: 'boris', extension: null, email: 'anna@example.org' }),
      )
      const taken = users.update(anna.id, { email: 'ANNA@example.org' }, until)
      await expect(taken).rejects.toMatchObject({ code: 'taken', detail: 'email' })
      expect((await users.update(boris.id, { email: null }, until)).user.email).toBeNull()
      expect((await users.update(anna.id, { email: 'anna@example.org' }, until)).user.id).toBe(anna.id)
    })

    test('a username that is an address keeps that address', async () => {
      const users = await store()
      const email = 'anna@example.org'
      const { id } = await users.add(newUser({ username: email, email }))
      for (const other of ['other@example.org', null])
        await expect(users.update(id, { email: other }, until)).rejects.toMatchObject({
          code: 'input_invalid',
        })
    })

    test('a change of what another administrator has changed since is refused', async () => {
      const users = await store()
      const { id, revision } = await users.add(newUser())
      await users.update(id, { displayName: 'first' }, until, { revision })
      const second = users.update(id, { displayName: 'second' }, until, { revision })
      await expect(second).rejects.toMatchObject({ code: 'stale' })
      expect(await users.find(id)).toMatchObject({ displayName: 'first' })
    })

    test('of concurrent changes of one revision one succeeds', async () => {
      const url = await engine.empty()
      await migrate(url)
      const dbs = [await openDatabase(url), await openDatabase(url)]
      const stores = dbs.map((db) => createUserStore(db))
      const { id, revision } = (await stores[0]?.add(newUser())) ?? { id: '', revision: 0 }
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, async (_, n) =>
          stores[n % 2]?.update(id, { displayName: `name ${n}` }, until, { revision }),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const db of dbs) await db.close()
    })

    test.each([
      ['disabled', { disabled: true }],
      ['demoted', { role: 'supervisor' as const }],
      ['demoted and enabled', { role: 'user' as const, disabled: false }],
    ])('the last active administrator is not %s', async (_, change) => {
      const users = await store()
      const root = await users.add(ADMIN)
      await users.add(newUser({ username: 'off', role: 'admin', extension: null, disabled: true }))
      await expect(users.update(root.id, change, until)).rejects.toMatchObject({ code: 'conflict' })
      expect(await users.find(root.id)).toEqual(root)
      await users.add(newUser({ username: 'second', role: 'admin', extension: null }))
      await expect(users.update(root.id, change, until)).resolves.toMatchObject({ user: change })
    })

    test('the last active administrator is not deleted, and is changed otherwise', async () => {
      const users = await store()
      const root = await users.add(ADMIN)
      await expect(users.remove(root.id, until)).rejects.toMatchObject({ code: 'conflict' })
      await expect(users.update(root.id, { disabled: true }, until)).rejects.toMatchObject({
        code: 'conflict',
      })
      const changed = await users.update(
        root.id,
        { displayName: 'Root', disabled: false, role: 'admin' },
        until,
      )
      expect(changed.user.displayName).toBe('Root')
    })

    test('of administrators who demote, disable and delete each other at once one stays', async () => {
      const url = await engine.empty()
      await migrate(url)
      const dbs = [await openDatabase(url), await openDatabase(url)]
      const stores = dbs.map((db) => createUserStore(db))
      const [first, second] = stores
      if (first === undefined || second === undefined) throw new Error('two stores are needed')
      const ids: string[] = []
      for (let n = 0; n < 6; n += 1) ids.push((await first.add({ ...ADMIN, username: `admin-${n}` })).id)
      const outcomes = await Promise.allSettled(
        ids.map((id, n) => {
          const users = n % 2 === 0 ? first : second
          if (n % 3 === 0) return users.update(id, { role: 'user' }, until)
          return n % 3 === 1 ? users.update(id, { disabled: true }, until) : users.remove(id, until)
        }),
      )
      const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
      expect(refused).toEqual(['conflict'])
      expect(await first.countMatching({ role: 'admin', disabled: false })).toBe(1)
      for (const db of dbs) await db.close()
    })
  })
})
