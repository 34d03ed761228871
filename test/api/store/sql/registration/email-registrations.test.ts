import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { agentOf, NOW, storesOf } from './fixtures/stores.ts'

const ACCOUNT = {
  username: 'anna',
  email: 'Anna@example.org',
  name: 'Anna Berg',
  passwordHash: '$argon2id$a',
}
const as = (username: string) => ({ username, passwordHash: '$argon2id$a' })
const AT = { now: NOW, expiresAt: NOW + 86_400 }

describe('a registration', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const world = storesOf(await engine.tables())
      await world.store.save(ACCOUNT, AT)
      await world.store.setToken('anna@EXAMPLE.org', 'hash', NOW)
      return world
    }

    test('is no account before its verification, then a user and an agent', async () => {
      const world = await setUp()
      expect(await world.users.findByLogin('anna')).toBeUndefined()
      const user = await world.store.confirm('hash', as('anna'), NOW)
      expect(user).toMatchObject({
        username: 'anna',
        email: 'Anna@example.org',
        role: 'user',
        extension: null,
      })
      expect(await agentOf(world, user?.id ?? '')).toMatchObject({
        name: 'Anna Berg',
        team: null,
        kind: 'human',
      })
    })

    test('is stored together with its mail or not at all', async () => {
      const { mails, store } = await setUp()
      const [mail] = await mails.claim(NOW, NOW + 60, 10)
      expect(mail).toMatchObject({
        kind: 'verification',
        recipient: 'Anna@example.org',
        about: 'anna@example.org',
        tries: 1,
      })
      await expect(
        store.save({ ...ACCOUNT, email: 'b@example.org', username: 'a\0' }, AT),
      ).rejects.toMatchObject({
        code: 'input_invalid',
      })
      expect(await mails.claim(NOW, NOW + 60, 10)).toEqual([])
    })

    test('creates one user, though several confirm it concurrently', async () => {
      const url = await engine.empty()
      await migrate(url)
      const [a, b] = [await openDatabase(url), await openDatabase(url)]
      const stores = [storesOf(a).store, storesOf(b).store]
      await stores[0]?.save(ACCOUNT, AT)
      await stores[0]?.setToken(ACCOUNT.email, 'hash', NOW)
      const proved = await Promise.all(
        Array.from({ length: 10 }, (_, n) => stores[n % 2]?.confirm('hash', as('anna'), NOW)),
      )
      expect(proved.filter((one) => one !== undefined)).toHaveLength(1)
      expect(await storesOf(a).users.count()).toBe(1)
      for (const db of [a, b]) await db.close()
    })

    test.each([
      ['the username of another account, in another case', { username: 'ANNA', extension: null }, 'username'],
      ['the extension of another account', { username: 'boris', extension: 'anna' }, 'username'],
      ['the address of another account', { username: 'boris', email: 'anna@example.org' }, 'email'],
      ['an address that is a username', { username: 'anna@example.org', extension: null }, 'email'],
    ])('with %s stays pending', async (_, other, detail) => {
      const { store, users } = await setUp()
      await users.add(newUser(other))
      await expect(store.confirm('hash', as('anna'), NOW)).rejects.toMatchObject({ code: 'taken', detail })
      expect(await users.count()).toBe(1)
      expect(await store.findByToken('hash', NOW)).toMatchObject({ username: 'anna' })
      if (detail === 'username')
        expect(await store.confirm('hash', as('anna2'), NOW)).toMatchObject({ username: 'anna2' })
    })

    test.each([
      ['expires after a day', 'hash', AT.expiresAt],
      ['has one token', 'another', NOW],
    ])('%s', async (_, hash, now) => {
      const { store } = await setUp()
      expect(await store.findByToken('hash', NOW)).toBeDefined()
      expect(await store.findByToken(hash, now)).toBeUndefined()
      expect(await store.confirm(hash, as('anna'), now)).toBeUndefined()
    })

    const KNOWN = { passwordHash: ACCOUNT.passwordHash, isSame: true }
    const other = { ...ACCOUNT, username: 'annika', email: 'ANNA@example.org', passwordHash: '$argon2id$b' }

    test('of a pending address is not overwritten without its expected hash', async () => {
      const { store } = await setUp()
      expect(await store.save(other, AT)).toBe(false)
      expect(await store.save(other, AT, { passwordHash: '$argon2id$c', isSame: true })).toBe(false)
      expect(await store.findPending('ANNA@example.org', NOW)).toEqual(ACCOUNT)
      expect(await store.findByToken('hash', NOW)).toEqual(ACCOUNT)
    })

    test('of a pending address with other data deletes its password and its link, not its name', async () => {
      const { store, db } = await setUp()
      expect(await store.save(other, AT, { ...KNOWN, isSame: false })).toBe(true)
      expect(await store.findByToken('hash', NOW)).toBeUndefined()
      await store.setToken(ACCOUNT.email, 'next', NOW)
      expect(await store.findByToken('next', NOW)).toEqual({ ...ACCOUNT, passwordHash: '' })
      expect(await db.query.selectFrom('registrations').selectAll().execute()).toHaveLength(1)
    })

    test('of an address with an expired registration is stored', async () => {
      const { store } = await setUp()
      const later = { now: AT.expiresAt, expiresAt: AT.expiresAt + 1 }
      expect(await store.save(other, later)).toBe(true)
      expect(await store.findPending('anna@example.org', later.now)).toEqual(other)
    })

    test('is stored once, though several arrive concurrently', async () => {
      const url = await engine.empty()
      await migrate(url)
      const [a, b] = [await openDatabase(url), await openDatabase(url)]
      const stores = [storesOf(a).store, storesOf(b).store]
      const stored = await Promise.all(
        Array.from({ length: 8 }, (_, n) => stores[n % 2]?.save({ ...ACCOUNT, passwordHash: `$${n}` }, AT)),
      )
      expect(stored.filter(Boolean)).toHaveLength(1)
      for (const db of [a, b]) await db.close()
    })

    test('sent twice queues one mail, and another one if the first is being sent', async () => {
      const { store, mails } = await setUp()
      expect(await store.save(ACCOUNT, AT, KNOWN)).toBe(true)
      await store.queueMail('ANNA@example.org', NOW)
      const first = await mails.claim(NOW, NOW + 60, 10)
      expect(first.map(({ recipient }) => recipient)).toEqual(['ANNA@example.org'])
      await store.queueMail('anna@example.org', NOW)
      expect(await mails.claim(NOW, NOW + 60, 10)).toHaveLength(1)
    })

    test('that has expired is deleted', async () => {
      const { store, db } = await setUp()
      await store.deleteExpired(AT.expiresAt - 1)
      expect(await db.query.selectFrom('registrations').selectAll().execute()).toHaveLength(1)
      await store.deleteExpired(AT.expiresAt)
      expect(await db.query.selectFrom('registrations').selectAll().execute()).toEqual([])
    })
  })
})
