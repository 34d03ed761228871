import { describe, expect, test } from 'vitest'
import { createSessionStore } from '../../../../../api/store/sql/auth/sessions.ts'
import { createPasswordResetStore } from '../../../../../api/store/sql/registration/password-resets.ts'
import { newSession, newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { NOW, storesOf } from './fixtures/stores.ts'

const at = { now: NOW, revokeUntil: until }

describe('links that reset a password', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const stores = storesOf(await engine.tables())
      const resets = createPasswordResetStore(stores.db)
      const user = await stores.users.add(newUser({ email: 'anna@example.org' }))
      return { ...stores, resets, user }
    }

    test('set the password once and revoke all tokens', async () => {
      const { resets, users, user } = await setUp()
      await resets.setToken(user, 'a', NOW + 10)
      expect(await resets.findUser('a', NOW)).toMatchObject({
        username: 'anna',
        email: 'anna@example.org',
        passwordAuthority: 'local',
      })
      const both = await Promise.all([resets.confirm('a', 'new', at), resets.confirm('a', 'newer', at)])
      const done = both.filter((one) => one !== undefined)
      expect(done).toMatchObject([
        { userId: user.id, revocation: { kind: 'user', key: user.id, generation: 1 } },
      ])
      expect(await users.find(user.id)).toMatchObject({
        generation: 1,
        passwordHash: expect.stringMatching(/^newe?r?$/),
      })
      expect(await resets.findUser('a', NOW)).toBeUndefined()
    })

    test.each([
      ['unknown', async () => 'b'],
      [
        'replaced by a later one',
        async ({ resets, user }: Fixture) => {
          await resets.setToken(user, 'c', NOW + 10)
          return 'a'
        },
      ],
      [
        'issued before the password changed',
        async ({ users, user }: Fixture) => {
          await users.setPassword(user.id, 'other', until)
          return 'a'
        },
      ],
      [
        'issued before the user changed the password',
        async ({ db, users, user }: Fixture) => {
          await createSessionStore(db).add(newSession({ userId: user.id }))
          const { passwordHash: verifiedHash } = user
          const write = { sessionId: newSession().id, verifiedHash, passwordHash: 'other' }
          await users.setOwnPassword(user.id, write)
          return 'a'
        },
      ],
      [
        'issued before the address changed',
        async ({ users, user }: Fixture) => {
          await users.update(user.id, { email: 'new@example.org' }, until)
          return 'a'
        },
      ],
      [
        'of a disabled user',
        async ({ users, user }: Fixture) => {
          await users.update(user.id, { disabled: true }, until)
          return 'a'
        },
      ],
      [
        'of a deleted user',
        async ({ users, user }: Fixture) => {
          await users.remove(user.id, until)
          return 'a'
        },
      ],
      [
        'expired',
        async ({ resets, user }: Fixture) => {
          await resets.setToken(user, 'a', NOW)
          return 'a'
        },
      ],
    ])('do not work if %s', async (_, change) => {
      const fixture = await setUp()
      const { resets, users, user } = fixture
      await resets.setToken(user, 'a', NOW + 10)
      const token = await change(fixture)
      expect(await resets.findUser(token, NOW)).toBeUndefined()
      expect(await resets.confirm(token, 'new', at)).toBeUndefined()
      expect((await users.find(user.id))?.passwordHash).not.toBe('new')
    })
    type Fixture = Awaited<ReturnType<typeof setUp>>

    test('end a required change of the password', async () => {
      const { resets, users } = await setUp()
      const user = await users.add(newUser({ username: 'boris', extension: null, mustChangePassword: true }))
      await resets.setToken(user, 'a', NOW + 10)
      await resets.confirm('a', 'new', at)
      expect(await users.find(user.id)).toMatchObject({ passwordHash: 'new', mustChangePassword: false })
    })

    test('do not work, and stay, while the password is verified elsewhere', async () => {
      const { resets, users, db } = await setUp()
      const user = await users.add(
        newUser({ username: 'boris', extension: null, passwordAuthority: 'phone' }),
      )
      await resets.setToken(user, 'a', NOW + 10)
      await expect(resets.confirm('a', 'new', at)).rejects.toMatchObject({ code: 'conflict' })
      expect(await users.find(user.id)).toEqual(user)
      expect(await db.query.selectFrom('password_resets').selectAll().execute()).toHaveLength(1)
    })

    test('are deleted after they expired', async () => {
      const { db, resets, user } = await setUp()
      await resets.setToken(user, 'a', NOW + 10)
      await resets.deleteExpired(NOW + 9)
      expect(await db.query.selectFrom('password_resets').selectAll().execute()).toHaveLength(1)
      await resets.deleteExpired(NOW + 10)
      expect(await db.query.selectFrom('password_resets').selectAll().execute()).toEqual([])
    })

    test('are requested by one mail in the queue, however often, beside mails of other kinds', async () => {
      const { resets, store, mails } = await setUp()
      await store.queueMail('anna@example.org', NOW)
      for (const email of ['anna@example.org', 'Anna@Example.org']) await resets.queueMail(email, NOW)
      const queued = await mails.claim(NOW, NOW + 60, 10)
      expect(queued.map(({ kind, about }) => [kind, about])).toEqual([
        ['verification', 'anna@example.org'],
        ['password_reset', 'anna@example.org'],
      ])
    })
  })
})
