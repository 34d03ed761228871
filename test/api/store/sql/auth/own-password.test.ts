import { describe, expect, test } from 'vitest'
import { createSessionStore } from '../../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createPasswordResetStore } from '../../../../../api/store/sql/registration/password-resets.ts'
import { newSession, newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const NOW = 1_700_000_000

describe('a user’s own new password', () => {
  onBothEngines((engine) => {
    /** Two connections, as two API processes have them; the session is in use while the tests change the account. */
    async function setUp() {
      const url = await engine.empty()
      await migrate(url)
      const [db, otherDb] = [await openDatabase(url), await openDatabase(url)]
      const users = createUserStore(db)
      const sessions = createSessionStore(db)
      const user = await users.add(newUser({ passwordHash: 'old' }))
      const session = newSession({ userId: user.id })
      await sessions.add(session)
      const change = (passwordHash: string, verifiedHash = 'old') =>
        users.setOwnPassword(user.id, { sessionId: session.id, verifiedHash, passwordHash })
      const hash = async () => (await users.find(user.id))?.passwordHash
      const resets = createPasswordResetStore(otherDb)
      const close = () => Promise.all([db.close(), otherDb.close()])
      return { users, sessions, user, session, change, hash, resets, admin: createUserStore(otherDb), close }
    }
    type Fixture = Awaited<ReturnType<typeof setUp>>

    test('revokes nothing, and leaves the revision that an administrator has read and that counters belong to', async () => {
      const { users, user, change, close } = await setUp()
      await change('new')
      expect(await users.find(user.id)).toMatchObject({ passwordHash: 'new', generation: 0, revision: 0 })
      await close()
    })

    test.each<[string, (world: Fixture) => Promise<unknown>, string, string | undefined]>([
      [
        'an administrator’s password',
        ({ admin, user }) => admin.setPassword(user.id, 'set', until),
        'token_revoked',
        'set',
      ],
      [
        'a mailed reset',
        async ({ resets, user }) => {
          await resets.setToken(user, 'link', NOW + 10)
          await resets.confirm('link', 'reset', { now: NOW, revokeUntil: until })
        },
        'token_revoked',
        'reset',
      ],
      ['another own change', ({ change }) => change('first'), 'credentials_wrong', 'first'],
      [
        'the end of the session',
        ({ sessions, session }) => sessions.end(session.id, NOW, 'ended_by_admin'),
        'token_revoked',
        'old',
      ],
      [
        'disabling',
        async ({ admin, user }) => {
          await admin.update(user.id, { disabled: true }, until)
          await admin.update(user.id, { disabled: false }, until)
        },
        'token_revoked',
        'old',
      ],
      ['deleting', ({ admin, user }) => admin.remove(user.id, until), 'token_revoked', undefined],
    ])('does not follow %s', async (_, meanwhile, code, left) => {
      const world = await setUp()
      await meanwhile(world)
      await expect(world.change('thief')).rejects.toMatchObject({ code })
      expect(await world.hash()).toBe(left)
      await world.close()
    })

    test('is not of another user’s session', async () => {
      const { users, session, close } = await setUp()
      const { id } = await users.add(newUser({ username: 'boris', extension: null, passwordHash: 'his' }))
      const write = { sessionId: session.id, verifiedHash: 'his', passwordHash: 'x' }
      await expect(users.setOwnPassword(id, write)).rejects.toMatchObject({ code: 'token_revoked' })
      await close()
    })

    test('loses against an administrator and a mailed reset at the same time, in any order', async () => {
      const { user, resets, change, hash, admin, users, sessions, session, close } = await setUp()
      for (let round = 0; round < 10; round += 1) {
        const { passwordHash = '', generation = 0 } = (await users.find(user.id)) ?? {}
        const fresh = `${session.id}${round}`
        await sessions.add({ ...session, id: fresh, generation })
        const own = (n: number) =>
          users.setOwnPassword(user.id, {
            sessionId: fresh,
            verifiedHash: passwordHash,
            passwordHash: `thief ${n}`,
          })
        if (round % 2 === 0) {
          await Promise.allSettled([own(1), admin.setPassword(user.id, `owner ${round}`, until), own(2)])
          expect(await hash()).toBe(`owner ${round}`)
        } else {
          const current = await users.find(user.id)
          if (current === undefined) throw new Error('the user is gone')
          await resets.setToken(current, 'link', NOW + 10)
          const at = { now: NOW, revokeUntil: until }
          const [, reset] = await Promise.all([
            own(1).catch(() => {}),
            resets.confirm('link', `owner ${round}`, at),
            own(2).catch(() => {}),
          ])
          // An own change that comes first makes the link invalid.
          expect(await hash()).toMatch(reset === undefined ? /^thief/ : /^owner/)
        }
      }
      await expect(change('thief')).rejects.toMatchObject({ code: 'token_revoked' })
      await close()
    })
  })
})
