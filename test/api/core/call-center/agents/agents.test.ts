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

describe('a change of an agent and their user', () => {
  onBothEngines((engine) => {
    /** Anna is an agent with a phone, Bert a user with another phone and no agent. */
    async function setUp() {
      const db = await engine.tables()
      const [users, store, revocations] = [
        createUserStore(db),
        createAgentStore(db),
        createRevocationStore(db),
      ]
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
      /** Everything that a change could write. */
      const readState = async () => ({
        users: (await users.list({ limit: 9 })).map(({ passwordHash: _, ...user }) => user),
        agents: await store.list(by.scope, { limit: 9 }),
        revocations: (await revocations.unpublished(9)).length,
        presence: await presence.all(),
        ended,
      })
      /** From now on the database refuses this write to a table. */
      const failWrites = (table: string, operation: 'insert' | 'update') =>
        engine.name === 'SQLite'
          ? sql`create trigger no_more before ${sql.raw(operation)} on ${sql.raw(table)}
              begin select raise(abort, 'the disk is full'); end`.execute(db.query)
          : sql`create function no_more() returns trigger as $$ begin raise exception 'the disk is full'; end $$
              language plpgsql`
              .execute(db.query)
              .then(() =>
                sql`create trigger no_more before ${sql.raw(operation)} on ${sql.raw(table)}
                  for each row execute function no_more()`.execute(db.query),
              )
      return { agents, agent, anna, bert, by, readState, failWrites, users }
    }
    type Fixture = Awaited<ReturnType<typeof setUp>>
    const about = { version: 1, address: '192.0.2.7' }

    test.each<[string, (fixture: Fixture) => Promise<unknown>, string]>([
      [
        'adding an agent for an existing user with another user’s extension',
        ({ agents, by, bert }) =>
          agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '201' }),
        'taken',
      ],
      [
        'adding an agent and an account with another user’s extension',
        ({ agents, by }) =>
          agents.add(by, {
            ...{ name: 'Carl', kind: 'human', extension: '201' },
            account: { username: 'carl', password, role: 'user' },
          }),
        'taken',
      ],
      [
        'adding an agent with an invalid extension',
        ({ agents, by, bert }) =>
          agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '2 0' }),
        'input_invalid',
      ],
      [
        'a new name together with another user’s extension',
        ({ agents, by, agent }) => agents.update(by, agent.id, { name: 'Ann', extension: '202' }, about),
        'taken',
      ],
      [
        'a new role and extension with a stale version',
        ({ agents, by, agent }) =>
          agents.update(by, agent.id, { role: 'supervisor', extension: '203' }, { ...about, version: 7 }),
        'stale',
      ],
    ])('writes nothing if it is refused: %s', async (_, write, code) => {
      const fixture = await setUp()
      const before = await fixture.readState()
      await expect(write(fixture)).rejects.toMatchObject({ code })
      expect(await fixture.readState()).toEqual(before)
    })

    test.each<[string, string, 'insert' | 'update', (fixture: Fixture) => Promise<unknown>]>([
      [
        'the agent of a new account',
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
        'the revocation for a user who becomes an agent with an extension',
        'revocations',
        'insert',
        ({ agents, by, bert }) =>
          agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '203' }),
      ],
      [
        'the role that changes with a name',
        'users',
        'update',
        ({ agents, by, agent }) => agents.update(by, agent.id, { name: 'Ann', role: 'supervisor' }, about),
      ],
      [
        'the presence that changes with a status',
        'user_statuses',
        'insert',
        ({ agents, by, agent }) => agents.setStatus(by, agent.id, 'ready'),
      ],
    ])('writes nothing if the database cannot write %s', async (_, table, operation, write) => {
      const fixture = await setUp()
      const before = await fixture.readState()
      await fixture.failWrites(table, operation)
      await expect(write(fixture)).rejects.toThrow()
      expect(await fixture.readState()).toEqual(before)
    })

    test('of role, extension, name and team together makes one version and ends the sessions once', async () => {
      const { agents, agent, anna, by, readState, users } = await setUp()
      const before = (await readState()).revocations
      const patch = { name: 'Ann', team: 'support', role: 'supervisor', extension: '203' } as const
      expect(await agents.update(by, agent.id, patch, about)).toMatchObject({ ...patch, version: 2 })
      expect(await users.find(anna.id)).toMatchObject({
        role: 'supervisor',
        extension: '203',
        team: 'support',
      })
      expect(await readState()).toMatchObject({ ended: [anna.id] })
      expect((await readState()).revocations).toBeGreaterThan(before)
    })

    test('can add an account with its agent', async () => {
      const { agents, by, readState, users } = await setUp()
      const account = { username: 'carl', password, role: 'user' } as const
      const added = await agents.add(by, { name: 'Carl', kind: 'human', account, extension: '203' })
      expect(added).toMatchObject({ name: 'Carl', username: 'carl', extension: '203', role: 'user' })
      expect(await users.findByLogin('203')).toMatchObject({ username: 'carl' })
      expect(await readState()).toMatchObject({ ended: [] })
    })

    test('that gives an existing user another extension ends their sessions', async () => {
      const { agents, by, readState, bert, users } = await setUp()
      await agents.add(by, { name: 'Bert', kind: 'human', userId: bert.id, extension: '203' })
      expect(await users.find(bert.id)).toMatchObject({ extension: '203', generation: 1 })
      expect(await readState()).toMatchObject({ ended: [bert.id] })
    })
  })
})
