import { describe, expect, test } from 'vitest'
import { createAccountImports } from '../../../../../api/core/account-imports/account-imports.ts'
import type { AccountSource, SourcePerson } from '../../../../../api/core/account-imports/account-source.ts'
import type { ImportOptions } from '../../../../../api/core/account-imports/import-plan.ts'
import { createAccountAdmin } from '../../../../../api/core/auth/account-admin.ts'
import type { SecurityEvent } from '../../../../../api/core/auth/security-log.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { createAccountImportStore } from '../../../../../api/store/sql/account-imports/account-imports.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import type { Database } from '../../../../../api/store/sql/database.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const NOW_S = 1_800_000_000
const BY = { actorId: 'cli', address: 'local' }
const OPTIONS: ImportOptions = {
  role: 'user',
  signIn: 'phone',
  disableMissing: true,
  allowMassDisable: false,
  link: false,
}

const person = (extension: string, more: Partial<SourcePerson> = {}): SourcePerson => ({
  sourceId: extension,
  extension,
  name: `Person ${extension}`,
  email: `p${extension}@example.org`,
  ...more,
})
const sourceOf = (people: SourcePerson[]): AccountSource => ({
  name: 'freepbx',
  fetch: async () => ({ people, lineErrors: [] }),
})

function open(db: Database) {
  const users = createUserStore(db, () => NOW_S)
  const events: SecurityEvent[] = []
  const ended: string[] = []
  const securityLog = { write: (event: SecurityEvent) => void events.push(event) }
  const policy = () => ({
    check: (number: string) => ({ number, kind: 'internal', isEmergency: false }) as never, // no other member is read
    reservedKind: () => undefined,
  })
  const now = () => NOW_S * 1000
  const imports = createAccountImports({
    store: createAccountImportStore(db, () => NOW_S),
    accountAdmin: createAccountAdmin({
      ...{ users, securityLog, policy, now },
      accounts: { prepare: () => Promise.reject(new Error('not used')) },
      passwords: { hash: async () => 'unused' },
      sessions: { endAll: async (userId) => ended.push(userId) },
      revocationPublisher: { publish: async () => {} },
      longestLifetime: 60,
    }),
    ...{ securityLog, policy, now },
  })
  async function run(people: SourcePerson[], options: Partial<ImportOptions> = {}) {
    const plan = await imports.plan(sourceOf(people), { options: { ...OPTIONS, ...options }, by: BY })
    return (await imports.start(plan.id, BY)).finished
  }
  return { users, imports, events, ended, run }
}

describe('an import of people', () => {
  onBothEngines((engine) => {
    const opened = async () => open(await engine.tables())

    test('makes accounts without a password, and nothing the second time', async () => {
      const { users, run, events } = await opened()
      const people = [person('1001'), person('1002', { disabled: true })]
      expect(await run(people)).toMatchObject({ state: 'done', total: 2, done: 2, failed: 0 })
      expect(await users.findByLogin('p1001@example.org')).toMatchObject({
        username: '1001',
        extension: '1001',
        displayName: 'Person 1001',
        passwordHash: '',
        passwordAuthority: 'phone',
        source: 'freepbx',
        sourceId: '1001',
        disabled: false,
      })
      expect(await users.findByLogin('1002')).toMatchObject({ disabled: true })
      expect(events.map(({ event }) => event)).toEqual([
        'account_import_started',
        'user_created',
        'user_created',
      ])
      expect(await run(people)).toMatchObject({ total: 0, counts: { unchanged: 2 } })
    })

    test('changes what it wrote, keeps what was changed here', async () => {
      const { users, run } = await opened()
      await run([person('1001'), person('1002')])
      const anna = await users.findByLogin('1001')
      await users.update(anna?.id ?? '', { displayName: 'Anna' }, NOW_S)
      const end = await run([
        person('1001', { name: 'A', email: 'a@example.org' }),
        person('1002', { name: 'B' }),
      ])
      expect(end.counts).toMatchObject({ change: 2 })
      expect(await users.findByLogin('1001')).toMatchObject({ displayName: 'Anna', email: 'a@example.org' })
      expect(await users.findByLogin('1002')).toMatchObject({ displayName: 'B' })
    })

    test('disables who is gone, ends their sessions, and enables who is back', async () => {
      const { users, run, ended } = await opened()
      const both = [person('1001'), person('1002')]
      await run(both)
      await run([person('1001')])
      const gone = await users.findByLogin('1002')
      expect(gone).toMatchObject({ disabled: true, generation: 1 })
      expect(ended).toEqual([gone?.id])
      await run(both)
      expect(await users.findByLogin('1002')).toMatchObject({ disabled: false })
    })

    test('enables who is back, whatever else has changed while the account was disabled', async () => {
      const { users, run } = await opened()
      const anna = { sourceId: 'a', username: 'anna' }
      await run([person('1001', { ...anna, disabled: true })])
      // A new extension raises the generation of the account, as a reset of the second factor does.
      await run([person('1003', { ...anna, disabled: true })])
      expect(await users.findByLogin('anna')).toMatchObject({ disabled: true, extension: '1003' })
      expect((await run([person('1003', anna)])).counts).toMatchObject({ enable: 1 })
      expect(await users.findByLogin('anna')).toMatchObject({ disabled: false })
    })

    test('enables an account although the process ended right after it had disabled it', async () => {
      const db = await engine.tables()
      const { users, run } = open(db)
      await run([person('1001'), person('1002')])
      const gone = await users.findByLogin('1002')
      await users.update(gone?.id ?? '', { disabled: true }, NOW_S, { bySource: true })
      expect((await run([person('1001'), person('1002')])).counts).toMatchObject({ enable: 1 })
    })

    test('leaves an account enabled that an administrator has enabled', async () => {
      const { users, run } = await opened()
      await run([person('1001'), person('1002')])
      await run([person('1001')])
      const gone = await users.findByLogin('1002')
      await users.update(gone?.id ?? '', { disabled: false }, NOW_S)
      expect((await run([person('1001')])).counts).toMatchObject({ changed_here: 1, disable: 0 })
      await users.update(gone?.id ?? '', { disabled: true }, NOW_S)
      expect((await run([person('1001'), person('1002')])).counts).toMatchObject({ enable: 0 })
    })

    test('leaves an account disabled that an administrator has disabled', async () => {
      const { users, run } = await opened()
      await run([person('1001')])
      const anna = await users.findByLogin('1001')
      await users.update(anna?.id ?? '', { disabled: true }, NOW_S)
      expect((await run([person('1001')])).counts).toMatchObject({ changed_here: 1, enable: 0 })
      expect(await users.findByLogin('1001')).toMatchObject({ disabled: true })
    })

    test('links an account that was made by hand, and leaves its password', async () => {
      const { users, run } = await opened()
      await users.add(newUser({ username: 'anna', extension: '1001', passwordHash: 'own', email: null }))
      expect((await run([person('1001')])).counts).toMatchObject({ conflict: 1 })
      await run([person('1001')], { link: true })
      expect(await users.findByLogin('1001')).toMatchObject({
        username: 'anna',
        source: 'freepbx',
        passwordHash: 'own',
        passwordAuthority: 'local',
        email: null,
      })
    })

    test('is refused if accounts have changed since the plan, or a second time', async () => {
      const { users, imports } = await opened()
      const plan = () => imports.plan(sourceOf([person('1001')]), { options: OPTIONS, by: BY })
      const outdated = await plan()
      await users.add(newUser({ username: 'boss', extension: null }))
      await expect(imports.start(outdated.id, BY)).rejects.toMatchObject({ code: 'conflict' })
      expect(await users.findByLogin('1001')).toBeUndefined()
      const { id } = await plan()
      const starts = await Promise.allSettled([imports.start(id, BY), imports.start(id, BY)])
      expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      await imports.drained()
      await expect(imports.start(id, BY)).rejects.toMatchObject({ code: 'conflict' })
    })

    test('goes on after a refused item', async () => {
      const db = await engine.tables()
      const { users } = open(db)
      const store = createAccountImportStore(db, () => NOW_S)
      const items = ['1001', '1002', '1003'].map((extension) => ({
        ...{ action: 'create' as const, sourceId: extension, username: extension, extension, name: null },
        changes: { extension, displayName: null, email: null, role: 'user' as const },
        values: { extension, displayName: null, email: null },
        ...{ kept: [], notes: [] },
      }))
      // Another request takes the name between the plan and its application.
      await users.add(newUser({ username: 'late', extension: '1002' }))
      expect(await store.createAccounts('freepbx', items, { signIn: 'none' })).toMatchObject([
        { user: { username: '1001', passwordAuthority: 'local' } },
        { refused: 'username is taken' },
        { user: { username: '1003' } },
      ])
    })

    test('stops if the administrator who acts was demoted', async () => {
      const { users, imports } = await opened()
      const boss = await users.add(newUser({ username: 'boss', extension: null, role: 'admin' }))
      await users.add(newUser({ username: 'other', extension: null, role: 'admin', email: null }))
      const by = { actorId: boss.id, address: '192.0.2.1' }
      await users.update(boss.id, { role: 'user' }, NOW_S)
      const plan = await imports.plan(sourceOf([person('1001')]), { options: OPTIONS, by })
      const { finished } = await imports.start(plan.id, by)
      await expect(finished).rejects.toMatchObject({ code: 'token_revoked' })
      expect(await imports.find(plan.id)).toMatchObject({ state: 'failed', done: 0 })
      expect(await users.findByLogin('1001')).toBeUndefined()
    })

    test('links no account if the administrator who acts was demoted', async () => {
      const db = await engine.tables()
      const { users } = open(db)
      const admin = { extension: null, email: null, role: 'admin' as const }
      const boss = await users.add(newUser({ username: 'boss', ...admin }))
      await users.add(newUser({ username: 'other', ...admin }))
      const anna = await users.add(newUser({ username: 'anna', extension: '1001' }))
      await users.update(boss.id, { role: 'user' }, NOW_S)
      const origin = { source: 'freepbx' as const, sourceId: '1001', revision: anna.revision }
      const store = createAccountImportStore(db, () => NOW_S)
      await expect(store.link(anna.id, origin, { actorId: boss.id })).rejects.toMatchObject({
        code: 'token_revoked',
      })
      expect(await users.find(anna.id)).toMatchObject({ source: null })
    })

    test('lists its items in pages', async () => {
      const { imports } = await opened()
      const people = ['1001', '1002', '1003'].map((one) => person(one))
      const { id } = await imports.plan(sourceOf(people), { options: OPTIONS, by: BY })
      const first = await imports.listItems(id, { action: 'create' }, { limit: 2 })
      expect(first).toMatchObject({ total: 3, items: [{ position: 0 }, { position: 1 }] })
      const rest = await imports.listItems(id, { action: 'create' }, { after: 1, limit: 2 })
      expect(rest.items).toMatchObject([{ username: '1003' }])
      expect(await imports.listItems(id, { action: 'conflict' }, { limit: 2 })).toEqual({
        items: [],
        total: 0,
      })
    })

    test('changes nothing if the source does not answer', async () => {
      const { users, imports, run } = await opened()
      await run([person('1001')])
      const away: AccountSource = {
        name: 'freepbx',
        fetch: () => Promise.reject(new Refusal('unavailable')),
      }
      await expect(imports.plan(away, { options: OPTIONS, by: BY })).rejects.toMatchObject({
        code: 'unavailable',
      })
      expect(await users.findByLogin('1001')).toMatchObject({ disabled: false })
    })

    test('makes accounts of 5 000 people', async () => {
      const { users, run } = await opened()
      const people = Array.from({ length: 5_000 }, (_, at) => person(String(10_000 + at)))
      const startedAt = performance.now()
      expect(await run(people)).toMatchObject({ state: 'done', done: 5_000 })
      console.log(`5 000 people: ${Math.round(performance.now() - startedAt)} ms`)
      expect(await users.count()).toBe(5_000)
    }, 120_000)
  })
})
