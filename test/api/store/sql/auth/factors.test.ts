import { describe, expect, test } from 'vitest'
import type { FactorOwner } from '../../../../../api/core/auth/second-factor/factor-store.ts'
import { createAppPasswordStore } from '../../../../../api/store/sql/auth/app-passwords.ts'
import { createFactorStore } from '../../../../../api/store/sql/auth/factors.ts'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { createSessionStore } from '../../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import type { Database } from '../../../../../api/store/sql/database.ts'
import { createEndpointStore } from '../../../../../api/store/sql/webhooks/endpoints.ts'
import { newSession, newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const AT = 1_700_000_000
const factor = { atS: AT, recoveryHashes: ['r1', 'r2'], mustBeFirst: false }
const passkey = { id: 'key', publicKey: 'pk', transports: ['usb'], name: 'Key', counter: 5 }
const never = () => false
const always = () => true

async function fixture(db: Database) {
  const users = createUserStore(db)
  const anna = await users.add(newUser())
  const boris = await users.add(newUser({ username: 'boris', extension: '202' }))
  const sessions = createSessionStore(db)
  await sessions.add(newSession({ userId: anna.id }))
  const owner: FactorOwner = { userId: anna.id, generation: 0, sessionId: newSession().id }
  const store = createFactorStore(db)
  const enrolTotp = async () => {
    await store.beginTotp(owner, 'sealed', factor)
    return store.confirmTotp(owner, { sealedSecret: 'sealed', step: 10 }, factor)
  }
  return { users, anna, boris, sessions, owner, store, enrolTotp, appPasswords: createAppPasswordStore(db) }
}

describe('second factors in SQL', () => {
  onBothEngines((engine) => {
    test('a time step is accepted once, also by requests at the same moment, and no earlier one after it', async () => {
      const { store, anna, enrolTotp } = await fixture(await engine.tables())
      expect(await enrolTotp()).toBe(true)
      // The code that confirmed it is used up.
      expect(await store.acceptTotpStep(anna.id, 'sealed', 10)).toBe(false)
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => store.acceptTotpStep(anna.id, 'sealed', 12)),
      )
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect(await store.acceptTotpStep(anna.id, 'sealed', 11)).toBe(false)
      expect(await store.acceptTotpStep(anna.id, 'sealed', 13)).toBe(true)
    })

    test('an unconfirmed secret is no factor, and a confirmed one is not replaced', async () => {
      const { store, anna, owner, enrolTotp } = await fixture(await engine.tables())
      await store.beginTotp(owner, 'first', factor)
      expect(await store.acceptTotpStep(anna.id, 'first', 10)).toBe(false)
      expect(await store.stateOf(anna.id)).toEqual({ totpSince: null, passkeys: 0, recoveryCodes: 0 })
      await enrolTotp()
      expect(await store.stateOf(anna.id)).toEqual({ totpSince: AT, passkeys: 0, recoveryCodes: 2 })
      await expect(store.beginTotp(owner, 'third', factor)).rejects.toMatchObject({ code: 'conflict' })
      await expect(
        store.confirmTotp(owner, { sealedSecret: 'first', step: 11 }, factor),
      ).rejects.toMatchObject({ code: 'conflict' })
    })

    test('a recovery code works once, for its account alone', async () => {
      const { store, anna, boris, enrolTotp } = await fixture(await engine.tables())
      await enrolTotp()
      expect(await store.useRecoveryCode(boris.id, 'r1')).toBe(false)
      const answers = await Promise.all(Array.from({ length: 4 }, () => store.useRecoveryCode(anna.id, 'r1')))
      expect(answers.filter(Boolean)).toHaveLength(1)
      expect((await store.stateOf(anna.id)).recoveryCodes).toBe(1)
    })

    test('of a first factor at the sign-in, a second one at the same moment is refused', async () => {
      const { store, anna, owner, enrolTotp } = await fixture(await engine.tables())
      const first = { ...factor, mustBeFirst: true }
      const signingIn = { userId: anna.id, generation: 0 }
      await enrolTotp()
      await expect(store.addPasskey(signingIn, passkey, first)).rejects.toMatchObject({ code: 'conflict' })
      await expect(store.beginTotp(signingIn, 'x', first)).rejects.toMatchObject({ code: 'conflict' })
      expect(await store.addPasskey(owner, passkey, factor)).toBe(false)
    })

    test('a passkey belongs to one account', async () => {
      const { store, boris, owner } = await fixture(await engine.tables())
      expect(await store.addPasskey(owner, passkey, factor)).toBe(true)
      const his = { userId: boris.id, generation: 0 }
      await expect(store.addPasskey(his, passkey, factor)).rejects.toMatchObject({ code: 'conflict' })
      await expect(store.removePasskey(his, 'key', never)).rejects.toMatchObject({ code: 'not_found' })
      expect(await store.findPasskey('key')).toMatchObject({ userId: owner.userId, transports: ['usb'] })
    })

    test.each([
      ['a higher counter is accepted', 6, true],
      ['the same counter is not', 5, false],
      ['a lower counter is not', 4, false],
      ['none after one is not', 0, false],
    ])('of a passkey, %s', async (_, counter, accepted) => {
      const { store, owner } = await fixture(await engine.tables())
      await store.addPasskey(owner, passkey, factor)
      expect(await store.acceptPasskeyCounter('key', counter, AT)).toBe(accepted)
    })

    test('a passkey without a counter is accepted each time', async () => {
      const { store, owner } = await fixture(await engine.tables())
      await store.addPasskey(owner, { ...passkey, counter: 0 }, factor)
      expect(await store.acceptPasskeyCounter('key', 0, AT)).toBe(true)
      expect(await store.acceptPasskeyCounter('key', 0, AT)).toBe(true)
      expect((await store.findPasskey('key'))?.lastUsedAt).toBe(AT)
    })

    test('the last factor of a role that must have one stays; of another it goes with its recovery codes', async () => {
      const { store, anna, owner, enrolTotp } = await fixture(await engine.tables())
      await enrolTotp()
      await expect(store.removeTotp(owner, always)).rejects.toMatchObject({ code: 'conflict' })
      await store.addPasskey(owner, passkey, factor)
      await store.removeTotp(owner, always)
      await expect(store.removePasskey(owner, 'key', always)).rejects.toMatchObject({ code: 'conflict' })
      expect((await store.stateOf(anna.id)).passkeys).toBe(1)
      await store.removePasskey(owner, 'key', never)
      expect(await store.stateOf(anna.id)).toEqual({ totpSince: null, passkeys: 0, recoveryCodes: 0 })
    })

    test('a change needs the account as it was, and the session alive', async () => {
      const { store, users, sessions, anna, owner } = await fixture(await engine.tables())
      await expect(store.beginTotp({ ...owner, generation: 1 }, 'x', factor)).rejects.toMatchObject({
        code: 'token_revoked',
      })
      await sessions.end(newSession().id, AT, 'logout')
      await expect(store.beginTotp(owner, 'x', factor)).rejects.toMatchObject({ code: 'token_revoked' })
      await users.update(anna.id, { disabled: true }, until)
      await expect(store.beginTotp({ userId: anna.id, generation: 1 }, 'x', factor)).rejects.toMatchObject({
        code: 'token_revoked',
      })
    })

    test('a reset deletes everything, and revokes the tokens', async () => {
      const db = await engine.tables()
      const { store, users, anna, owner, enrolTotp, appPasswords } = await fixture(db)
      await enrolTotp()
      await store.addPasskey(owner, passkey, factor)
      await appPasswords.add(owner, { name: 'Phone', hash: 'h', atS: AT }, 50)
      const revocation = await store.reset(anna.id, until, { actorId: 'cli' })
      expect(revocation).toMatchObject({ kind: 'user', key: anna.id, generation: 1 })
      expect(await store.stateOf(anna.id)).toEqual({ totpSince: null, passkeys: 0, recoveryCodes: 0 })
      expect(await appPasswords.list(anna.id)).toEqual([])
      expect((await users.find(anna.id))?.generation).toBe(1)
    })
  })
})

describe('app passwords in SQL', () => {
  onBothEngines((engine) => {
    test('are found by their account alone, and limited in number', async () => {
      const { appPasswords, anna, boris, owner } = await fixture(await engine.tables())
      const made = await appPasswords.add(owner, { name: 'Phone', hash: 'h', atS: AT }, 1)
      expect(await appPasswords.find(anna.id, 'h')).toEqual(made)
      expect(await appPasswords.find(boris.id, 'h')).toBeUndefined()
      expect(await appPasswords.find('', 'h')).toBeUndefined()
      await expect(appPasswords.add(owner, { name: 'b', hash: 'i', atS: AT }, 1)).rejects.toMatchObject({
        code: 'conflict',
      })
      await appPasswords.touch(made.id, AT + 5)
      expect(await appPasswords.list(anna.id)).toEqual([{ ...made, lastUsedAt: AT + 5 }])
    })

    test('end their own sessions when they are revoked, and open no session afterwards', async () => {
      const db = await engine.tables()
      const { appPasswords, sessions, anna, boris, owner } = await fixture(db)
      const { id } = await appPasswords.add(owner, { name: 'Phone', hash: 'h', atS: AT }, 50)
      const opened = newSession({ id: 'c2Vzc2lvbi10d28tb2YtMg', userId: anna.id, appPasswordId: id })
      await sessions.add(opened)
      expect((await sessions.find(opened.id))?.appPasswordId).toBe(id)
      const his = { userId: boris.id, generation: 0 }
      await expect(appPasswords.revoke(his, id, AT)).rejects.toMatchObject({ code: 'not_found' })
      // Its own session manages nothing.
      const device = { ...owner, sessionId: opened.id }
      await expect(appPasswords.revoke(device, id, AT)).rejects.toMatchObject({ code: 'forbidden' })

      const endpoint = { url: 'https://a.example/', events: ['session.ended' as const], description: '' }
      const sealed = { enabled: true, sealedSecret: 's', createdBy: null }
      await createEndpointStore(db).add({ ...endpoint, ...sealed }, AT, 1)
      const { name, ended } = await appPasswords.revoke(owner, id, AT)
      const messages = await db.query.selectFrom('webhook_messages').select('body').execute()
      expect(messages.map(({ body }) => JSON.parse(body).data)).toEqual([
        { session_id: opened.id, user_id: anna.id, reason: 'ended_by_user' },
      ])
      expect([name, ended.map(({ key }) => key)]).toEqual(['Phone', [opened.id]])
      expect((await createRevocationStore(db).unpublished(10)).map(({ key }) => key)).toEqual([opened.id])
      expect(await sessions.find(opened.id)).toMatchObject({ endReason: 'ended_by_user' })
      expect(await sessions.find(newSession().id)).toMatchObject({ endedAt: null })
      const late = newSession({ id: 'c2Vzc2lvbi10aHJlZS1vZg', userId: anna.id, appPasswordId: id })
      await expect(sessions.add(late)).rejects.toMatchObject({ code: 'credentials_wrong' })
      expect(await sessions.find(late.id)).toBeUndefined()
    })
  })
})
