import { describe, expect, test } from 'vitest'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const SOURCE = 'ldap:corp'
const origin = (sourceId: string) => ({ source: SOURCE, sourceId, passwordAuthority: 'directory' as const })

describe('accounts of a source', () => {
  onBothEngines((engine) => {
    const store = async () => createUserStore(await engine.tables())

    test('are found by their id there, and listed by source', async () => {
      const users = await store()
      const anna = await users.add(newUser(origin('a')))
      await users.add(newUser({ username: 'boris', extension: null }))
      await users.add(newUser({ username: 'clara', extension: null, ...origin('a'), source: 'ldap:other' }))
      expect(await users.findBySource(SOURCE, 'a')).toEqual(anna)
      expect(await users.findBySource(SOURCE, 'A')).toBeUndefined()
      expect(await users.findBySource(SOURCE, 'a\0')).toBeUndefined()
      const listed = [{ user: anna, isDisabledBySource: false }]
      expect(await users.listBySource(SOURCE, { limit: 10 })).toEqual(listed)
      expect(await users.listBySource(SOURCE, { limit: 10, afterId: anna.id })).toEqual([])
    })

    test('a second account of one id is refused', async () => {
      const users = await store()
      await users.add(newUser(origin('a')))
      const second = newUser({ username: 'boris', extension: null, ...origin('a') })
      await expect(users.add(second)).rejects.toMatchObject({ code: 'taken' })
    })

    test('remember that the source disabled them, until another actor decides', async () => {
      const users = await store()
      const { id } = await users.add(newUser(origin('a')))
      const isDisabledBySource = async () =>
        (await users.listBySource(SOURCE, { limit: 1 }))[0]?.isDisabledBySource
      const disable = (bySource: boolean) => users.update(id, { disabled: true }, until, { bySource })
      await disable(true)
      expect(await isDisabledBySource()).toBe(true)
      await users.update(id, { displayName: 'Anna' }, until)
      expect(await isDisabledBySource()).toBe(true)
      await disable(false)
      expect(await isDisabledBySource()).toBe(false)
      await disable(true)
      await users.update(id, { disabled: false }, until)
      expect(await isDisabledBySource()).toBe(false)
      await disable(true)
      await users.update(id, { disabled: true }, until)
      expect(await isDisabledBySource()).toBe(false)
    })

    test('linking an account deletes its hash and revokes its tokens', async () => {
      const users = await store()
      const { id, generation } = await users.add(newUser())
      const revocation = await users.link(id, origin('a'), until)
      expect(revocation).toMatchObject({ key: id, generation: generation + 1 })
      expect(await users.find(id)).toMatchObject({ ...origin('a'), passwordHash: '' })
      const other = await users.add(newUser({ username: 'boris', extension: null }))
      await expect(users.link(other.id, origin('a'), until)).rejects.toMatchObject({
        code: 'taken',
        detail: 'source',
      })
      await expect(users.link('999', origin('b'), until)).rejects.toMatchObject({ code: 'not_found' })
      expect(await users.find(other.id)).toEqual(other)
    })
  })
})
