import { describe, expect, test } from 'vitest'
import { watchDialPolicyFile } from '../../../../../api/config/dial-policy-file.ts'
import { createAccounts } from '../../../../../api/core/auth/accounts.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../../../../api/store/sql/database.ts'
import { migrate } from '../../../../../api/store/sql/migrate.ts'
import { createExtensionStore } from '../../../../../api/store/sql/provisioning/extensions.ts'
import { newReservation } from '../../../../support/fixtures/reservations.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { migrateBefore } from '../migrate-before.ts'

const BORIS = { username: 'boris', extension: '202', email: 'boris@example.org' }

describe('the names of an account', () => {
  onBothEngines((engine) => {
    const store = async () => createUserStore(await engine.tables())

    test.each([
      ['a username', 'their extension', { extension: 'desk-1' }, { username: 'ＤＥＳＫ-1' }, 'username'],
      [
        'a username',
        'their e-mail address',
        { email: 'anna@example.org' },
        { username: 'ANNA@example.org', email: null },
        'username',
      ],
      ['an extension', 'their username', { username: 'desk-1' }, { extension: 'DESK-1' }, 'extension'],
      ['an extension', 'their extension', { extension: 'desk-1' }, { extension: 'Desk-1' }, 'extension'],
      [
        'an e-mail address',
        'their username',
        { username: 'ＢＯＲＩＳ@example.org' },
        { email: 'boris@EXAMPLE.org' },
        'email',
      ],
    ])('%s that equals %s of another account is taken', async (_, __, first, second, detail) => {
      const users = await store()
      await users.add(newUser(first))
      await expect(users.add(newUser({ ...BORIS, ...second }))).rejects.toMatchObject({
        code: 'taken',
        detail,
      })
      expect(await users.count()).toBe(1)
    })

    test.each([
      ['in digits', '1002'],
      ['in full-width digits', '１００２'],
      ['in digits of another script', '١٠٠٢'],
    ])('a username that is a number %s is refused unless it is the own extension', async (_, username) => {
      const users = await store()
      for (const extension of [null, '1003']) {
        const added = users.add(newUser({ username, extension }))
        await expect(added).rejects.toMatchObject({ code: 'input_invalid' })
      }
    })

    test('a username may be the own extension, and the own e-mail address', async () => {
      const users = await store()
      const anna = await users.add(newUser({ username: '１００２', extension: '1002' }))
      const boris = await users.add(newUser({ ...BORIS, username: BORIS.email }))
      expect(await users.findByLogin('1002')).toEqual(anna)
      expect(await users.findByLogin(BORIS.email)).toEqual(boris)
    })

    test('a username with an @ that is not the own address is refused', async () => {
      const users = await store()
      const added = users.add(newUser({ username: 'anna@example.org', email: 'mallory@example.org' }))
      await expect(added).rejects.toMatchObject({ code: 'input_invalid' })
    })

    test.each([
      ['in full-width digits', '１００２'],
      ['with blanks around it', ' 1002 '],
    ])('an extension %s finds its owner', async (_, typed) => {
      const users = await store()
      const anna = await users.add(newUser({ extension: '1002' }))
      expect(await users.findByLogin(typed)).toEqual(anna)
    })

    test.each([
      ['trimmed', ' rené@example.org\u00a0'],
      ['in another case', 'RENÉ@Example.ORG'],
      ['in full-width letters', 'ｒｅｎé＠ｅｘａｍｐｌｅ.org'],
      ['decomposed', 'rene\u0301@example.org'],
      ['with zero-width characters', 're\u200bn\u200dé@example\u2060.org\ufeff'],
    ])(
      'an address %s is taken, as any name, also of an imported account and by a change',
      async (_, spelled) => {
        const users = await store()
        await users.add(newUser({ username: 'rené', email: 'rené@example.org' }))
        const boris = await users.add(newUser(BORIS))
        const taken = { code: 'taken' }
        const own = { extension: '203', source: 'ldap:corp', sourceId: 'uid=clara' }
        await expect(users.add(newUser({ ...own, username: spelled, email: spelled }))).rejects.toMatchObject(
          taken,
        )
        await expect(users.add(newUser({ ...own, username: 'clara', email: spelled }))).rejects.toMatchObject(
          taken,
        )
        await expect(
          users.addSelfRegistered(newUser({ username: 'clara', extension: null, email: spelled })),
        ).rejects.toMatchObject(taken)
        await expect(users.update(boris.id, { email: spelled }, until)).rejects.toMatchObject(taken)
        expect(await users.count()).toBe(2)
      },
    )

    test('of a change and a new account at once with one name, on two connections, one succeeds', async () => {
      const url = await engine.empty()
      await migrate(url)
      const dbs = [await openDatabase(url), await openDatabase(url)] as const
      const [here, there] = [createUserStore(dbs[0]), createUserStore(dbs[1])]
      const boris = await here.add(newUser(BORIS))
      for (let round = 0; round < 8; round += 1) {
        const name = `name-${round}`
        const outcomes = await Promise.allSettled([
          here.update(boris.id, { email: `${name}@example.org` }, until),
          there.add(newUser({ username: `${name.toUpperCase()}@example.org`, extension: null })),
          here.update(boris.id, { extension: name }, until),
          there.add(newUser({ username: name, extension: null })),
        ])
        const [email, emailName, extension, extensionName] = outcomes.map(({ status }) => status)
        expect([email, emailName].sort()).toEqual(['fulfilled', 'rejected'])
        expect([extension, extensionName].sort()).toEqual(['fulfilled', 'rejected'])
        for (const one of outcomes)
          if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'taken' })
      }
      for (const db of dbs) await db.close()
    })

    test('a changed extension may not equal a name of another account', async () => {
      const users = await store()
      await users.add(newUser({ username: 'desk-1' }))
      const boris = await users.add(newUser(BORIS))
      const changed = users.update(boris.id, { extension: 'Desk-1' }, until)
      await expect(changed).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
      expect(await users.find(boris.id)).toMatchObject({ extension: '202', generation: 0 })
    })

    test('an extension that is the username stays', async () => {
      const users = await store()
      const anna = await users.add(newUser({ username: '1002', extension: '1002' }))
      const changed = users.update(anna.id, { extension: '1003' }, until)
      await expect(changed).rejects.toMatchObject({ code: 'input_invalid' })
      expect(await users.update(anna.id, { role: 'supervisor', extension: '1002' }, until)).toBeDefined()
    })

    test('a name is free again after its account changed it or was deleted', async () => {
      const users = await store()
      const anna = await users.add(newUser({ extension: 'desk-1', email: 'anna@example.org' }))
      await users.update(anna.id, { extension: 'desk-2' }, until)
      const other = await users.add(newUser({ username: 'desk-1', extension: null }))
      await users.remove(other.id, until)
      await users.remove(anna.id, until)
      for (const username of ['desk-1', 'desk-2', 'anna@example.org'])
        await users.add(newUser({ username, extension: null }))
      expect(await users.count()).toBe(3)
    })

    test('an extension that is reserved for a registering account cannot be a name of another account', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      const extensions = createExtensionStore(db)
      const { extension } = await extensions.reserve(newReservation('anna@example.org'))
      const number = extension.extension
      const added = users.add(newUser({ username: number, extension: number }))
      await expect(added).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
      expect(await extensions.markReady(extension, { sealedSecret: 's', authUsername: 'a' }, 1)).toBeDefined()
      expect(await users.findByLogin(number)).toMatchObject({ username: 'anna@example.org' })
    })

    test('of many concurrent registrations with equal names one succeeds', async () => {
      const url = await engine.empty()
      await migrate(url)
      const dbs = [await openDatabase(url), await openDatabase(url)]
      const passwords = { hash: async () => '$argon2id$' }
      const registrars = dbs.map((db) =>
        createAccounts({
          users: createUserStore(db),
          passwords,
          policy: watchDialPolicyFile(undefined, () => {}),
        }),
      )
      const rivals = Array.from({ length: 24 }, (_, n) =>
        n % 3 === 0
          ? { username: `user${n}`, extension: null, email: 'Anna@example.org' }
          : n % 3 === 1
            ? { username: 'anna@example.org', extension: `70${n}`, email: 'anna@example.org' }
            : { username: 'ＡＮＮＡ@example.org', extension: `70${n}`, email: null },
      )
      const outcomes = await Promise.allSettled(
        rivals.map((rival, n) =>
          registrars[n % 2]?.add({ ...rival, password: 'correct horse', role: 'user' }),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const codes = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))
      expect(codes).toEqual(Array(23).fill('taken'))
      for (const db of dbs) await db.close()
    })

    test('an existing account with a Unicode domain in its address or name can still log in', async () => {
      const url = await engine.empty()
      await migrateBefore(url, '0014-names')
      const db = await openDatabase(url)
      const row = { role: 'user', password_hash: '$', disabled: 0, generation: 0, created_at: 1 } as const
      const name = (username: string, email: string | null) => ({
        ...row,
        username,
        username_folded: username,
        extension: null,
        email,
        email_folded: email,
      })
      await db.query
        .insertInto('users')
        .values([
          name('ivan@пример.рф', null),
          name('olga', 'olga@bücher.example'),
          name('both', 'olga@xn--bcher-kva.example'),
        ])
        .execute()
      await migrate(url)

      const users = createUserStore(db)
      for (const typed of ['ivan@пример.рф', 'Ivan@xn--e1afmkfd.xn--p1ai'])
        expect(await users.findByLogin(typed)).toMatchObject({ username: 'ivan@пример.рф' })
      // Two accounts had one address in two forms: each is found by its name, and no third one gets the address.
      expect(await users.findByLogin('olga')).toMatchObject({ email: 'olga@bücher.example' })
      expect(await users.findByLogin('olga@bücher.example')).toMatchObject({ username: 'both' })
      const added = users.add(newUser({ email: 'olga@bücher.example' }))
      await expect(added).rejects.toMatchObject({ code: 'taken', detail: 'email' })
      await db.close()
    })

    test('equal names from an earlier release still work, and no new one can be added', async () => {
      const url = await engine.empty()
      // As an earlier release left it: no table of names, and one account has the extension of another as its name.
      await migrateBefore(url, '0014-names')
      const db = await openDatabase(url)
      const row = { role: 'user', password_hash: '$', disabled: 0, generation: 0, created_at: 1 } as const
      await db.query
        .insertInto('users')
        .values([
          {
            ...row,
            username: '１００２',
            username_folded: '1002',
            extension: '1001',
            email: null,
            email_folded: null,
          },
          {
            ...row,
            username: 'user2',
            username_folded: 'user2',
            extension: '1002',
            email: null,
            email_folded: null,
          },
        ])
        .execute()
      expect(await migrate(url)).toContain('0014-names')

      const users = createUserStore(db)
      expect(await users.findByLogin('1002')).toMatchObject({ username: 'user2' })
      expect(await users.findByLogin('１００２')).toMatchObject({ extension: '1001' })
      expect(await users.findByLogin('1001')).toMatchObject({ username: '１００２' })
      const owner = await users.findByLogin('user2')
      await users.update(owner?.id ?? '', { extension: '1009' }, until)
      const added = users.add(newUser({ extension: '1002' }))
      await expect(added).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
      await db.close()
    })
  })
})
