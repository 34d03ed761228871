import { describe, expect, test } from 'vitest'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../../../../api/store/sql/provisioning/extensions.ts'
import { newReservation } from '../../../../support/fixtures/reservations.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture, RANGE } from './fixtures/extensions.ts'

describe('extensions', () => {
  onBothEngines((engine) => {
    const setUp = () => createFixture(engine)

    test('assigns the lowest free number, which the account does not show yet', async () => {
      const { store, users, reserve } = await setUp()
      await users.add(newUser({ username: 'by hand', extension: '2000' }))
      const extension = await reserve()
      const user = await users.findByLogin('anna@example.org')
      expect(extension).toMatchObject({
        extension: '2001',
        state: 'provisioning',
        userId: user?.id,
        ownershipTag: 'mark-anna',
        sealedSecret: 'sealed for 2001',
        attempts: 0,
        nextTryAt: 1_010,
      })
      expect([user?.extension, user?.email]).toEqual([null, 'anna@example.org'])
      expect(await store.findByUser(user?.id ?? '')).toEqual(extension)
    })

    test('100 concurrent registrations in two processes get 100 numbers', async () => {
      const url = await engine.empty()
      await migrate(url)
      const options = { timeoutMs: 30_000 }
      const databases = [await openDatabase(url, options), await openDatabase(url, options)]
      const stores = databases.map((db) => createExtensionStore(db))
      const reserved = await Promise.all(
        Array.from({ length: 100 }, (_, n) => stores[n % 2]?.reserve(newReservation(`p${n}@example.org`))),
      )
      const numbers = reserved.map((one) => one?.extension.extension)
      expect(new Set(numbers).size).toBe(100)
      for (const number of numbers) expect(number).toMatch(/^2[01]\d\d$/)
      for (const db of databases) await db.close()
    })

    test('a taken address and an exhausted range assign no number', async () => {
      const { store, users, reserve } = await setUp()
      await reserve('anna@example.org')
      await expect(reserve('ANNA@example.org')).rejects.toMatchObject({ code: 'taken' })
      expect(await store.find('2001')).toBeUndefined()
      await reserve('b@example.org')
      await reserve('c@example.org')
      await expect(reserve('d@example.org')).rejects.toMatchObject({ code: 'unavailable' })
      expect(await users.findByLogin('d@example.org')).toBeUndefined()
    })

    test('an administrator cannot assign a number that is provisioned or in quarantine, but one that is foreign', async () => {
      const { store, users, reserve, place } = await setUp()
      const first = await reserve()
      const add = (extension: string) => users.add(newUser({ username: `by hand ${extension}`, extension }))
      await expect(add('2000')).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
      const second = await store.reassign(first, 'external', place)
      expect(second?.extension).toBe('2001')
      expect(await add('2000')).toMatchObject({ extension: '2000' })
      await store.rollback(second ?? first, { now: 2_000, revokeUntil: until })
      await expect(add('2001')).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
    })

    test('a ready extension is shown by its account', async () => {
      const { store, users, reserve } = await setUp()
      const extension = await reserve()
      const made = { sealedSecret: 'the PBX’s own', authUsername: '2000-1' }
      expect(await store.markReady(extension, made, 1_020)).toMatchObject({ ...made, state: 'ready' })
      expect(await users.findByLogin('2000')).toMatchObject({ email: 'anna@example.org' })
    })

    test('of two concurrent changes one succeeds', async () => {
      const { store, reserve } = await setUp()
      const known = await reserve()
      const tries = [1, 2].map(() => store.update(known, { attempts: 1, nextTryAt: 1_100 }))
      const [mine, other] = (await Promise.all(tries)).sort((a) => (a === undefined ? 1 : -1))
      expect([mine?.attempts, other]).toEqual([1, undefined])
      // The loser cannot do anything else with its outdated copy, either.
      const made = { sealedSecret: 's', authUsername: '2000' }
      expect(await store.markReady(known, made, 1_020)).toBeUndefined()
      expect(await store.rollback(known, { now: 1_020, revokeUntil: until })).toBeUndefined()
      expect(
        await store.reassign(known, 'external', {
          seal: String,
          range: RANGE,
          now: 1_020,
          nextTryAt: 1_020,
        }),
      ).toBeUndefined()
      expect(await store.find('2000')).toEqual(mine)
      expect(await store.find('2001')).toBeUndefined()
    })

    test('reassigns another number with the same ownership tag', async () => {
      const { store, reserve, place } = await setUp()
      const known = await reserve()
      const next = await store.reassign(known, 'external', place)
      expect(next).toMatchObject({
        extension: '2001',
        state: 'provisioning',
        sealedSecret: 'sealed for 2001',
      })
      expect([next?.ownershipTag, next?.userId]).toEqual([known.ownershipTag, known.userId])
      expect(await store.find('2000')).toMatchObject({ state: 'external', userId: null })
    })

    test('a rollback removes user and login, restores the invitation and marks the number for removal', async () => {
      const { db, store, users, invitations, reserve } = await setUp()
      const invitation = {
        id: 'i',
        hash: 'h',
        email: null,
        role: null,
        team: null,
        extension: null,
        createdBy: null,
        createdAt: 0,
        usedAt: null,
      }
      await invitations.add({ ...invitation, expiresAt: 5_000 })
      const known = await reserve('anna@example.org', { invitation: 'h' })
      expect(await invitations.isValidFor('h', 'anna@example.org', 1_100)).toBe(false)
      await store.rollback(known, { now: 1_100, revokeUntil: until })
      expect(await users.findByLogin('anna@example.org')).toBeUndefined()
      expect(await invitations.isValidFor('h', 'anna@example.org', 1_100)).toBe(true)
      expect(await store.find('2000')).toMatchObject({
        state: 'deprovisioning',
        userId: null,
        nextTryAt: 1_100,
      })
      // Sessions of the user have ended.
      expect(await createRevocationStore(db).unpublished(10)).toMatchObject([
        { kind: 'user', key: known.userId },
      ])
    })

    test('an invitation creates one account, though several try concurrently', async () => {
      const { invitations, users, reserve } = await setUp()
      const invitation = {
        id: 'i',
        hash: 'h',
        email: null,
        role: null,
        team: null,
        extension: null,
        createdBy: null,
        createdAt: 0,
        usedAt: null,
      }
      await invitations.add({ ...invitation, expiresAt: 5_000 })
      const emails = ['a@example.org', 'b@example.org', 'c@example.org']
      const tries = await Promise.allSettled(emails.map((email) => reserve(email, { invitation: 'h' })))
      const [lost] = tries.filter((one) => one.status === 'rejected')
      expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(lost?.reason).toMatchObject({ code: 'forbidden' })
      expect(await users.count()).toBe(1)
    })

    test('lists what is due, longest overdue first; operators see everything unfinished', async () => {
      const { store, reserve, place } = await setUp()
      const one = await reserve('a@example.org', { nextTryAt: 1_020 })
      const two = await reserve('b@example.org', { nextTryAt: 1_010 })
      expect((await store.listDue(1_009, 10)).length).toBe(0)
      expect((await store.listDue(1_020, 10)).map(({ extension }) => extension)).toEqual(['2001', '2000'])
      expect((await store.listDue(1_020, 1)).map(({ extension }) => extension)).toEqual(['2001'])
      await store.markReady(two, { sealedSecret: 's', authUsername: 'u' }, 1_020)
      await store.reassign(one, 'deprovisioning', place)
      expect((await store.listUnfinished()).map(({ extension, state }) => `${extension} ${state}`)).toEqual([
        '2000 deprovisioning',
        '2002 provisioning',
      ])
    })
  })
})
