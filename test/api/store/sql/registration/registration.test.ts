import { describe, expect, test } from 'vitest'
import { createInvitations, hashToken } from '../../../../../api/core/registration/invitations.ts'
import { createOutbox } from '../../../../../api/core/registration/outbox.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { type Database, openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createEmailInvitationStore } from '../../../../../api/store/sql/registration/email-invitations.ts'
import { createEmailRegistrationStore } from '../../../../../api/store/sql/registration/email-registrations.ts'
import { createInvitationStore } from '../../../../../api/store/sql/registration/invitations.ts'
import { createMailQueue } from '../../../../../api/store/sql/registration/mail-queue.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const NOW = 1_000_000
const ACCOUNT = {
  username: 'anna',
  email: 'Anna@example.org',
  name: 'Anna Berg',
  passwordHash: '$argon2id$a',
}
const as = (username: string) => ({ username, passwordHash: '$argon2id$a' })
const AT = { now: NOW, expiresAt: NOW + 86_400 }

const storesOf = (db: Database) => ({
  db,
  store: createEmailRegistrationStore(db),
  invites: createEmailInvitationStore(db),
  mails: createMailQueue(db),
  users: createUserStore(db),
  agents: createAgentStore(db),
})
const agentOf = ({ agents }: ReturnType<typeof storesOf>, id: string) =>
  agents.findOrCreateForUser(id, NOW, async () => 'made just now')

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

describe('an invitation by mail', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const world = storesOf(await engine.tables())
      const invitation = {
        hash: 'first',
        email: 'carl@example.org',
        role: 'supervisor' as const,
        team: 'sales',
        createdBy: '7',
        createdAt: NOW,
        expiresAt: NOW + 86_400,
        usedAt: null,
      }
      await world.invites.addWithMail(invitation, 'Carl@example.org')
      const [mail] = await world.mails.claim(NOW, NOW + 60, 10)
      if (mail === undefined) throw new Error('no mail')
      return { ...world, invitation, mail }
    }
    const carl = { username: 'carl', email: 'carl@example.org', name: 'Carl', passwordHash: '$argon2id$c' }

    test('creates an account with its role and team, once', async () => {
      const world = await setUp()
      const user = await world.invites.accept('first', carl, NOW)
      expect(user).toMatchObject({ username: 'carl', role: 'supervisor', email: 'carl@example.org' })
      expect(await agentOf(world, user?.id ?? '')).toMatchObject({ team: 'sales', name: 'Carl' })
      expect(
        await world.invites.accept('first', { ...carl, username: 'c2', email: 'c@example.org' }, NOW),
      ).toBeUndefined()
      expect(await world.invites.find('first', NOW)).toBeUndefined()
    })

    test('each attempt to mail it has a new token and invalidates the former one', async () => {
      const { invites, mail, invitation } = await setUp()
      expect(await invites.replaceHash(mail, 'second', NOW)).toEqual({ ...invitation, hash: 'second' })
      expect(await invites.find('first', NOW)).toBeUndefined()
      expect(await invites.replaceHash({ ...mail, about: 'second' }, 'third', NOW)).toMatchObject({
        hash: 'third',
      })
      expect(await invites.find('third', NOW)).toMatchObject({ role: 'supervisor' })
    })

    test('that is used is not mailed any more', async () => {
      const { invites, mail } = await setUp()
      await invites.accept('first', carl, NOW)
      expect(await invites.replaceHash(mail, 'second', NOW)).toBeUndefined()
    })

    test('creates one user, though several use it concurrently', async () => {
      const { invites, users } = await setUp()
      const used = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          invites.accept('first', { ...carl, username: `c${n}`, email: `c${n}@example.org` }, NOW),
        ),
      )
      expect(used.filter((one) => one !== undefined)).toHaveLength(1)
      expect(await users.count()).toBe(1)
    })

    test('stays usable if the username is taken', async () => {
      const { invites, users } = await setUp()
      await users.add(newUser({ username: 'carl' }))
      await expect(invites.accept('first', carl, NOW)).rejects.toMatchObject({
        code: 'taken',
        detail: 'username',
      })
      expect(await invites.find('first', NOW)).toBeDefined()
    })

    test('of an older release has no role, and creates a user', async () => {
      const { db, invites } = await setUp()
      const old = createInvitations(createInvitationStore(db), () => NOW * 1000)
      const { invitation } = await old.invite({ email: null, days: 7, createdBy: null })
      expect(await invites.find(hashToken(invitation), NOW)).toMatchObject({ role: null, team: null })
      const other = { ...carl, email: 'carla@example.org' }
      expect(await invites.accept(hashToken(invitation), other, NOW)).toMatchObject({ role: 'user' })
    })
  })
})

describe('a queued mail', () => {
  onBothEngines((engine) => {
    test('is claimed by one of several processes', async () => {
      const url = await engine.empty()
      await migrate(url)
      const databases = await Promise.all([1, 2, 3].map(() => openDatabase(url, { timeoutMs: 30_000 })))
      const sent: string[] = []
      const outboxes = databases.map((db) =>
        createOutbox({
          queue: createMailQueue(db),
          mailer: { send: async ({ to }) => void sent.push(to) },
          render: async ({ recipient: to }) => ({ to, subject: '', text: '' }),
          now: () => NOW * 1000,
          onError: () => {},
        }),
      )
      const recipients = Array.from({ length: 20 }, (_, n) => `p${n}@example.org`)
      const [first] = databases
      if (first === undefined) throw new Error('no database')
      for (const one of recipients) await createEmailRegistrationStore(first).queueMail(one, NOW)
      for (let turn = 0; turn < 10; turn += 1) await Promise.all(outboxes.map((one) => one.tick()))
      expect(sent.sort()).toEqual(recipients.sort())
      for (const db of databases) await db.close()
    })

    test('of a dead process is claimed again when its claim expires, and late writes change nothing', async () => {
      const { store, mails, db } = storesOf(await engine.tables())
      await store.queueMail('anna@example.org', NOW)
      const [mine] = await mails.claim(NOW, NOW + 60, 10)
      expect(await mails.claim(NOW + 59, NOW + 120, 10)).toEqual([])
      const [theirs] = await mails.claim(NOW + 60, NOW + 120, 10)
      expect(theirs).toMatchObject({ tries: 2 })
      if (mine === undefined) throw new Error('no mail')
      await mails.postpone(mine, NOW, 'late')
      await mails.remove(mine)
      expect(await db.query.selectFrom('mail_queue').selectAll().execute()).toMatchObject([
        { next_try_at: NOW + 120, last_error: null },
      ])
    })
  })
})
