import { describe, expect, test } from 'vitest'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

describe('users', () => {
  onBothEngines((engine) => {
    const store = async () => createUserStore(await engine.tables(), () => 1_700_000_000)

    test('a new user is found as it was added', async () => {
      const users = await store()
      const anna = await users.add(newUser())
      expect(anna).toEqual({
        ...newUser(),
        email: null,
        displayName: null,
        team: null,
        id: expect.stringMatching(/^[1-9]\d*$/),
        disabled: false,
        generation: 0,
        revision: 0,
        createdAt: 1_700_000_000,
        language: null,
        passwordAuthority: 'local',
        mustChangePassword: false,
        source: null,
        sourceId: null,
      })
      expect(await users.find(anna.id)).toEqual(anna)
    })

    test.each([
      ['the same username', newUser({ extension: '202' }), 'username'],
      ['the username in capitals', newUser({ username: 'ANNA', extension: '202' }), 'username'],
      ['the username in full-width letters', newUser({ username: 'ａｎｎａ', extension: '202' }), 'username'],
      ['the extension', newUser({ username: 'boris' }), 'extension'],
      [
        'the email in capitals',
        newUser({ username: 'boris', extension: '202', email: 'ANNA@example.org' }),
        'email',
      ],
    ])('%s is taken', async (_, second, what) => {
      const users = await store()
      await users.add(newUser({ email: 'anna@example.org' }))
      await expect(users.add(second)).rejects.toMatchObject({ name: 'Refusal', code: 'taken', detail: what })
      expect(await users.count()).toBe(1)
    })

    test('a profile changes without a new revision of the account, and the directory learns of it', async () => {
      const users = await store()
      const { id } = await users.add(newUser())
      const read = async () =>
        (await users.listPhoneUsers({ limit: 10 })).map(({ name, username }) => [name, username])
      expect(await read()).toEqual([['anna', 'anna']])
      const before = await users.revision()
      const changed = await users.setProfile(id, { displayName: 'Anna García' })
      expect(changed).toMatchObject({
        displayName: 'Anna García',
        language: null,
        revision: 0,
        generation: 0,
      })
      expect(await users.revision()).not.toBe(before)
      expect(await users.setProfile(id, { language: 'es' })).toMatchObject({
        displayName: 'Anna García',
        language: 'es',
      })
      expect(await read()).toEqual([['Anna García', 'anna']])
      await users.setProfile(id, { displayName: null })
      expect(await read()).toEqual([['anna', 'anna']])
      await expect(users.setProfile('99', { language: 'en' })).rejects.toMatchObject({ code: 'not_found' })
    })

    test('any number of users may have no extension and no email', async () => {
      const users = await store()
      await users.add(newUser({ username: 'anna', extension: null }))
      await users.add(newUser({ username: 'boris', extension: null }))
      expect(await users.count()).toBe(2)
    })

    test('of 20 concurrent inserts of one name one succeeds and 19 are refused as taken', async () => {
      const users = await store()
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => users.add(newUser({ extension: String(200 + n) }))),
      )
      const refused = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason.code] : [],
      )
      expect(refused).toEqual(Array(19).fill('taken'))
      expect(await users.count()).toBe(1)
    })

    test.each([
      ['as added', 'Анна'],
      ['in capitals', 'АННА'],
      ['in small letters', 'анна'],
      ['by extension', '201'],
    ])('a user logs in with the username %s', async (_, name) => {
      const users = await store()
      const anna = await users.add(newUser({ username: 'Анна' }))
      expect(await users.findByLogin(name)).toEqual(anna)
    })

    test.each([
      ['an unknown name', 'nobody'],
      ['nothing', ''],
      ['a NUL', 'anna\0'],
      ['half a surrogate pair', 'anna\ud800'],
      ['a wildcard', 'ann%'],
      ['SQL', "' or 1=1 --"],
    ])('%s finds no user to log in', async (_, name) => {
      const users = await store()
      await users.add(newUser())
      expect(await users.findByLogin(name)).toBeUndefined()
    })

    test.each(['0', '-1', '1.0', '01', ' 1', '2', 'anna', '', '9007199254740993', '9'.repeat(30)])(
      'the id %j finds no user',
      async (id) => {
        const users = await store()
        await users.add(newUser())
        expect(await users.find(id)).toBeUndefined()
      },
    )

    test('a name that only one engine could keep is invalid on both', async () => {
      const users = await store()
      await expect(users.add(newUser({ username: 'a\0' }))).rejects.toMatchObject({ code: 'input_invalid' })
    })

    test('all users come a page at a time, in order, each once', async () => {
      const users = await store()
      for (let n = 1; n <= 5; n++) await users.add(newUser({ username: `user${n}`, extension: null }))
      const first = await users.list({ limit: 2 })
      const second = await users.list({ limit: 2, afterId: first[1]?.id ?? '' })
      const third = await users.list({ limit: 2, afterId: second[1]?.id ?? '' })
      const names = [first, second, third].map((page) => page.map((user) => user.username))
      expect(names).toEqual([['user1', 'user2'], ['user3', 'user4'], ['user5']])
    })

    test('a new password revokes older tokens, and inserts the revocation', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      const anna = await users.add(newUser())
      const entry = await users.setPassword(anna.id, '$argon2id$new', until)
      expect(entry).toMatchObject({ kind: 'user', key: anna.id, generation: 1, until })
      expect(await users.find(anna.id)).toMatchObject({ passwordHash: '$argon2id$new', generation: 1 })
      expect(await createRevocationStore(db).unpublished(10)).toEqual([entry])
    })

    test('another role or extension revokes older tokens, as they contain the old one', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      const [anna, bert] = [
        await users.add(newUser()),
        await users.add(newUser({ username: 'bert', extension: '1002' })),
      ]
      const { revocation: entry } = await users.update(
        anna.id,
        { role: 'supervisor', extension: '1009' },
        until,
      )
      expect(entry).toMatchObject({ kind: 'user', key: anna.id, generation: 1, until })
      expect(await users.find(anna.id)).toMatchObject({
        role: 'supervisor',
        extension: '1009',
        generation: 1,
      })
      const taken = { code: 'taken', detail: 'extension' }
      await expect(users.update(bert.id, { extension: '1009' }, until)).rejects.toMatchObject(taken)
      expect(await users.find(bert.id)).toMatchObject({ extension: '1002', generation: 0 })
      expect(await createRevocationStore(db).unpublished(10)).toEqual([entry])
    })

    test('disabling makes tokens void, enabling again revokes nothing and revives none', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      const anna = await users.add(newUser())
      const { revocation: entry } = await users.update(anna.id, { disabled: true }, until)
      expect(entry).toMatchObject({ kind: 'user', key: anna.id, generation: 1, until })
      expect(await users.find(anna.id)).toMatchObject({ disabled: true, generation: 1 })
      const enabled = await users.update(anna.id, { disabled: false }, until)
      expect(enabled.revocation).toBeUndefined()
      expect(await users.find(anna.id)).toMatchObject({ disabled: false, generation: 1 })
      expect(await createRevocationStore(db).unpublished(10)).toEqual([entry])
    })

    test('ten changes at once raise ten generations', async () => {
      const users = await store()
      const { id } = await users.add(newUser())
      const entries = await Promise.all(
        Array.from({ length: 10 }, (_, n) => users.setPassword(id, `$argon2id$${n}`, until)),
      )
      expect(entries.map((entry) => entry.generation).sort((a, b) => a - b)).toEqual([
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
      ])
    })

    test('an unknown user cannot be changed', async () => {
      const db = await engine.tables()
      const users = createUserStore(db)
      const refusal = { name: 'Refusal', code: 'not_found' }
      for (const id of ['7', 'anna', '0']) {
        await expect(users.setPassword(id, 'x', until)).rejects.toMatchObject(refusal)
        await expect(users.update(id, { disabled: true }, until)).rejects.toMatchObject(refusal)
        await expect(users.update(id, { disabled: false }, until)).rejects.toMatchObject(refusal)
      }
      expect(await createRevocationStore(db).unpublished(10)).toEqual([])
    })
  })
})
