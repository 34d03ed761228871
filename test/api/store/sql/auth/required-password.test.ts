import { describe, expect, test } from 'vitest'
import { createSessionStore } from '../../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { newSession, newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const elsewhere = ['phone', 'directory', 'provider'] as const

describe('a password that has to be replaced', () => {
  onBothEngines((engine) => {
    const setUp = async (difference: Parameters<typeof newUser>[0] = {}) => {
      const db = await engine.tables()
      const users = createUserStore(db)
      return { db, users, user: await users.add(newUser({ passwordHash: 'given', ...difference })) }
    }

    test('is set by an administrator, and replaced by the user, which revokes', async () => {
      const { users, user } = await setUp()
      await users.setPassword(user.id, 'temporary', until, { mustChange: true })
      expect(await users.find(user.id)).toMatchObject({ mustChangePassword: true, generation: 1 })
      const write = { verifiedHash: 'temporary', passwordHash: 'own' }
      expect(await users.replaceRequiredPassword(user.id, write, until)).toMatchObject({ generation: 2 })
      expect(await users.find(user.id)).toMatchObject({ passwordHash: 'own', mustChangePassword: false })
    })

    test('need not be replaced any more once an administrator sets another without that', async () => {
      const { users, user } = await setUp({ mustChangePassword: true })
      await users.setPassword(user.id, 'set', until)
      expect(await users.find(user.id)).toMatchObject({ mustChangePassword: false })
    })

    test('need not be replaced any more once the user has changed it', async () => {
      const { db, users, user } = await setUp({ mustChangePassword: true })
      const session = newSession({ userId: user.id })
      await createSessionStore(db).add(session)
      const write = { sessionId: session.id, verifiedHash: 'given', passwordHash: 'own' }
      await users.setOwnPassword(user.id, write)
      expect(await users.find(user.id)).toMatchObject({ mustChangePassword: false })
    })

    test.each([
      ['another password is stored', { mustChangePassword: true }, 'other', 'credentials_wrong'],
      ['it need not be replaced', {}, 'given', 'credentials_wrong'],
      ['the user is disabled', { mustChangePassword: true, disabled: true }, 'given', 'credentials_wrong'],
      [
        'it is verified elsewhere',
        { mustChangePassword: true, passwordAuthority: 'phone' as const },
        'given',
        'conflict',
      ],
    ])('stays if %s', async (_, difference, verifiedHash, code) => {
      const { users, user } = await setUp(difference)
      const replaced = users.replaceRequiredPassword(user.id, { verifiedHash, passwordHash: 'own' }, until)
      await expect(replaced).rejects.toMatchObject({ code })
      expect(await users.find(user.id)).toEqual(user)
    })

    test('is replaced by one of several requests at once', async () => {
      const url = await engine.empty()
      await migrate(url)
      const dbs = [await openDatabase(url), await openDatabase(url)]
      const stores = dbs.map((db) => createUserStore(db))
      const user = await stores[0]?.add(newUser({ passwordHash: 'given', mustChangePassword: true }))
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) =>
          stores[n % 2]?.replaceRequiredPassword(
            user?.id ?? '',
            { verifiedHash: 'given', passwordHash: `own ${n}` },
            until,
          ),
        ),
      )
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await stores[1]?.find(user?.id ?? '')).toMatchObject({
        passwordHash: `own ${winner}`,
        generation: 1,
      })
      for (const db of dbs) await db.close()
    })

    test.each(elsewhere)('is set for no account with the authority %s', async (passwordAuthority) => {
      const { db, users, user } = await setUp({ passwordAuthority })
      await expect(users.setPassword(user.id, 'set', until)).rejects.toMatchObject({ code: 'conflict' })
      const session = newSession({ userId: user.id })
      await createSessionStore(db).add(session)
      const own = { sessionId: session.id, verifiedHash: 'given', passwordHash: 'own' }
      await expect(users.setOwnPassword(user.id, own)).rejects.toMatchObject({ code: 'conflict' })
      expect(await users.find(user.id)).toEqual(user)
    })
  })
})
