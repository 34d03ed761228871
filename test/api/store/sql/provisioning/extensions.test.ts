import { describe, expect, test } from 'vitest'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../../../../api/store/sql/provisioning/extensions.ts'
import { createInvitationStore } from '../../../../../api/store/sql/registration/invitations.ts'
import { newReservation } from '../../../../support/fixtures/reservations.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

interface Stores {
  users: ReturnType<typeof createUserStore>
  agents: ReturnType<typeof createAgentStore>
  /** A user without an extension. */
  cleo: string
  now: number
}

const RANGE = { first: '2000', last: '2002' }

describe('extensions', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const store = createExtensionStore(db)
      const reserve = async (email?: string, difference = {}) =>
        (await store.reserve(newReservation(email, { range: RANGE, ...difference }))).extension
      const place = { seal: (one: string) => `sealed for ${one}`, range: RANGE, now: 2_000, nextTryAt: 2_000 }
      return { db, store, users: createUserStore(db), invitations: createInvitationStore(db), reserve, place }
    }

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
        hash: 'h',
        email: null,
        role: null,
        team: null,
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
        hash: 'h',
        email: null,
        role: null,
        team: null,
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
