import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { createAccounts } from '../../../../../api/core/auth/accounts.ts'
import { createAgents } from '../../../../../api/core/call-center/agents/agents.ts'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { createUserStatusStore } from '../../../../../api/store/sql/presence/user-statuses.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../../../store/sql/engines.ts'

const START = 1_700_000_000
const password = 'correct horse'
const policy = createDialPolicy(PolicyFile.parse({}))

describe('what is written of an agent and their user is written whole or not at all', () => {
  onBothEngines((engine) => {
    /** Anna is an agent with a phone, Bert a user with another phone and no agent. */
    async function setUp() {
      const db = await engine.tables()
      const [users, store, ledger] = [createUserStore(db), createAgentStore(db), createRevocationStore(db)]
      const presence = createUserStatusStore(db)
      const anna = await users.add(newUser())
      const bert = await users.add(newUser({ username: 'bert', extension: '202' }))
      const row = { userId: anna.id, name: 'Anna', kind: 'human', team: 'sales' } as const
      const agent = await store.add(row, START, until)
      const ended: string[] = []
      const agents = createAgents({
        ...{ store, users },
        accounts: createAccounts({
          users,
          passwords: { hash: async () => '$argon2id$…' },
          policy: () => policy,
        }),
        policy: () => policy,
        changes: { endOutdatedSessions: async (userId) => void ended.push(userId) },
        statuses: { publish: async () => {} },
        now: () => START * 1_000,
        longestLifetime: until - START,
      })
      const root = {
        userId: '99',
        role: 'admin',
        agent: newAgent({ id: '99' }),
        scope: { sees: 'all' },
      } as const
      const by: CallCenterActor = root
      /** All that there is to see. */
      const world = async () => ({
        users: (await users.list({ limit: 9 })).map(({ passwordHash: _, ...user }) => user),
        agents: await store.list(by.scope, { limit: 9 }),
        revocations: (await ledger.unpublished(9)).length,
        presence: await presence.all(),
        ended,
      })
      /** The database refuses what is written into a table from now on. */
      const refuse = (table: string, deed: 'insert' | 'update') =>
        engine.name === 'SQLite'
          ? sql`create trigger no_more before ${sql.raw(deed)} on ${sql.raw(table)}
              begin select raise(abort, 'the disk is full'); end`.execute(db.query)
          : sql`create function no_more() returns trigger as $$ begin raise exception 'the disk is full'; end $$
              language plpgsql`
              .execute(db.query)
              .then(() =>
                sql`create trigger no_more before ${sql.raw(deed)} on ${sql.raw(table)}
                  for each row execute function no_more()`.execute(db.query),
              )
      return { agents, agent, anna, bert, by, world, refuse, users, ledger }
    }
    type World = Awaited<ReturnType<typeof setUp>>
    const about = { version: 1, address: '192.0.2.7' }

    test.each<[string, (world: World) => Promise<unknown>, string]>([
      [
        'a user who is there, and an extension of another',
        ({ agents, by, bert }) =>
          agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '201' }),
        'taken',
      ],
      [
        'an account with another’s extension',
        ({ agents, by }) =>
          agents.add(by, {
            ...{ name: 'Carl', kind: 'human', extension: '201' },
            account: { username: 'carl', password, role: 'user' },
          }),
        'taken',
      ],
      [
        'an extension that is none',
        ({ agents, by, bert }) =>
          agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '2 0' }),
        'input_invalid',
      ],
      [
        'a new name, and an extension of another',
        ({ agents, by, agent }) => agents.update(by, agent.id, { name: 'Ann', extension: '202' }, about),
        'taken',
      ],
      [
        'a role and an extension, and a version that is not there any more',
        ({ agents, by, agent }) =>
          agents.update(by, agent.id, { role: 'supervisor', extension: '203' }, { ...about, version: 7 }),
        'stale',
      ],
    ])('%s', async (_, write, code) => {
      const world = await setUp()
      const before = await world.world()
      await expect(write(world)).rejects.toMatchObject({ code })
      expect(await world.world()).toEqual(before)
    })

    test.each<[string, string, 'insert' | 'update', (world: World) => Promise<unknown>]>([
      [
        'as an agent is added to their account',
        'agents',
        'insert',
        ({ agents, by }) =>
          agents.add(by, {
            name: 'Carl',
            kind: 'human',
            account: { username: 'carl', password, role: 'user' },
          }),
      ],
      [
        'as a user who becomes an agent gets an extension',
        'revocations',
        'insert',
        ({ agents, by, bert }) =>
          agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '203' }),
      ],
      [
        'as a role is changed with a name',
        'users',
        'update',
        ({ agents, by, agent }) => agents.update(by, agent.id, { name: 'Ann', role: 'supervisor' }, about),
      ],
      [
        'as a presence is set with a status',
        'user_statuses',
        'insert',
        ({ agents, by, agent }) => agents.setStatus(by, agent.id, 'ready'),
      ],
    ])('the disk is full %s', async (_, table, deed, write) => {
      const world = await setUp()
      const before = await world.world()
      await world.refuse(table, deed)
      await expect(write(world)).rejects.toThrow()
      expect(await world.world()).toEqual(before)
    })

    test('a role, an extension, a name and a team together: one version, and the sessions are over once', async () => {
      const { agents, agent, anna, by, world, users } = await setUp()
      const before = (await world()).revocations
      const patch = { name: 'Ann', team: 'support', role: 'supervisor', extension: '203' } as const
      expect(await agents.update(by, agent.id, patch, about)).toMatchObject({ ...patch, version: 2 })
      expect(await users.find(anna.id)).toMatchObject({
        role: 'supervisor',
        extension: '203',
        team: 'support',
      })
      expect(await world()).toMatchObject({ ended: [anna.id] })
      expect((await world()).revocations).toBeGreaterThan(before)
    })

    test('an account and its agent', async () => {
      const { agents, by, world, users } = await setUp()
      const account = { username: 'carl', password, role: 'user' } as const
      const made = await agents.add(by, { name: 'Carl', kind: 'human', account, extension: '203' })
      expect(made).toMatchObject({ name: 'Carl', username: 'carl', extension: '203', role: 'user' })
      expect(await users.findByLogin('203')).toMatchObject({ username: 'carl' })
      expect(await world()).toMatchObject({ ended: [] })
    })

    test('a user who becomes an agent with another extension', async () => {
      const { agents, by, world, bert, users } = await setUp()
      await agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '203' })
      expect(await users.find(bert.id)).toMatchObject({ extension: '203', generation: 1 })
      expect(await world()).toMatchObject({ ended: [bert.id] })
    })
  })
})
