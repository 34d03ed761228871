import { describe, expect, test } from 'vitest'
import { createAccountAdmin } from '../../../../../api/core/auth/account-admin.ts'
import { createAccounts } from '../../../../../api/core/auth/accounts.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const PASSWORD = 'password'

describe('an administrator with a request that waits', () => {
  onBothEngines((engine) => {
    /** @param whileHashing what happens to the actor while a password is hashed */
    async function setUp(whileHashing: (world: { id: string; users: Users }) => Promise<unknown>) {
      const url = await engine.empty()
      await migrate(url)
      const db = await openDatabase(url)
      const users = createUserStore(db)
      await users.add(newUser({ username: 'root', extension: null, role: 'admin' }))
      const { id } = await users.add(newUser({ username: 'evil', extension: null, role: 'admin' }))
      const anna = await users.add(newUser())
      const passwords = {
        async hash(password: string) {
          await whileHashing({ id, users })
          return `hash of ${password}`
        },
      }
      const policy = () => createDialPolicy(PolicyFile.parse({ country: 'DE' }))
      const admin = createAccountAdmin({
        accounts: createAccounts({ users, passwords, policy }),
        sessions: { endAll: async () => 0 },
        revocationPublisher: { publish: async () => {} },
        securityLog: { write: () => {} },
        now: () => 0,
        longestLifetime: until,
        ...{ users, passwords, policy },
      })
      return { admin, users, anna, by: { actorId: id, address: '192.0.2.9' }, close: () => db.close() }
    }

    const newAdmin = { username: 'next', password: PASSWORD, role: 'admin', extension: null } as const

    test.each<[string, (world: { id: string; users: Users }) => Promise<unknown>]>([
      ['disabled', ({ id, users }) => users.update(id, { disabled: true }, until)],
      ['demoted', ({ id, users }) => users.update(id, { role: 'user' }, until)],
      ['deleted', ({ id, users }) => users.remove(id, until)],
    ])('and who is %s meanwhile changes nothing', async (_, whileHashing) => {
      const { admin, users, anna, by, close } = await setUp(whileHashing)
      await expect(admin.add(newAdmin, by)).rejects.toMatchObject({ code: 'token_revoked' })
      expect(await users.findByLogin('next')).toBeUndefined()
      const outcomes = await Promise.allSettled([
        admin.update(anna.id, { role: 'admin' }, by),
        admin.disable(anna.id, by),
        admin.unlock(anna.id, by),
        admin.remove(anna.id, by),
      ])
      for (const one of outcomes)
        expect(one).toMatchObject({ status: 'rejected', reason: { code: 'token_revoked' } })
      expect(await users.find(anna.id)).toEqual(anna)
      await close()
    })

    test('and who is disabled meanwhile sets no password', async () => {
      const { admin, users, anna, by, close } = await setUp(({ id, users }) =>
        users.update(id, { disabled: true }, until),
      )
      const set = admin.setPassword(anna.id, PASSWORD, by)
      await expect(set).rejects.toMatchObject({ code: 'token_revoked' })
      expect(await users.find(anna.id)).toEqual(anna)
      await close()
    })

    test('adds a user otherwise, as the command line does', async () => {
      const { admin, by, close } = await setUp(async () => {})
      expect(await admin.add(newAdmin, by)).toMatchObject({ username: 'next' })
      const another = { ...newAdmin, username: 'another' }
      expect(await admin.add(another, { actorId: 'cli', address: 'local' })).toMatchObject({ role: 'admin' })
      await close()
    })

    test('two who set each other’s passwords at once both do', async () => {
      const { admin, users, anna, close } = await setUp(async () => {})
      const [first, second] = await users.search({ role: 'admin' }, { limit: 2 })
      if (first === undefined || second === undefined) throw new Error('two administrators are needed')
      const by = (actorId: string) => ({ actorId, address: '192.0.2.9' })
      const rounds = Array.from({ length: 6 }, () => [
        admin.setPassword(first.id, PASSWORD, by(second.id)),
        admin.setPassword(second.id, PASSWORD, by(first.id)),
        admin.update(anna.id, { role: 'supervisor' }, by(first.id)),
        admin.setPassword(anna.id, PASSWORD, by(second.id)),
      ])
      await Promise.all(rounds.flat())
      await close()
    })
  })
})

type Users = ReturnType<typeof createUserStore>
