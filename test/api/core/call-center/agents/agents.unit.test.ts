import { describe, expect, test } from 'vitest'
import type { Agent, AgentStore } from '../../../../../api/core/call-center/agents/agent.ts'
import { createAgents, type NewAgent } from '../../../../../api/core/call-center/agents/agents.ts'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { covers, scopeOf } from '../../../../../api/core/call-center/agents/scope.ts'
import { createDialPolicy } from '../../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../../api/core/dial-policy/policy-file.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'

const NOW = 1_700_000_000
const policy = createDialPolicy(PolicyFile.parse({}))

const AGENTS = {
  anna: newAgent({ id: '1', userId: '1' }),
  sven: newAgent({ id: '2', userId: '2', role: 'supervisor', extension: '1002' }),
  carl: newAgent({ id: '3', userId: '3', team: 'support', extension: '1003' }),
  root: newAgent({ id: '4', userId: '4', team: null, role: 'admin', extension: '1004' }),
  voice: newAgent({ id: '5', userId: null, kind: 'ai', role: null, extension: null }),
}
type Name = keyof typeof AGENTS

function actorOf(name: Name): CallCenterActor {
  const agent = AGENTS[name]
  const role = agent.role ?? 'user'
  return { userId: agent.userId ?? '', role, agent, scope: scopeOf(role, agent) }
}

function createFixture() {
  const writes: unknown[] = []
  const ended: string[] = []
  const published: unknown[] = []
  const rows = new Map<string, Agent>(Object.values(AGENTS).map((agent) => [agent.id, agent]))
  const store = {
    async find(id, scope) {
      const agent = rows.get(id)
      return agent !== undefined && covers(scope, agent) ? agent : undefined
    },
    async add(row, now, revokeUntil) {
      writes.push(['add', row, now, revokeUntil])
      const { userId, name, kind, team } = row
      const role = userId === '2' ? 'supervisor' : 'user'
      const agent = newAgent({ id: '9', userId, name, kind, team, role })
      rows.set('9', agent)
      return agent
    },
    async update(id, change, version, now, revokeUntil, userChange) {
      writes.push(['update', id, change, version, userChange, now, revokeUntil])
      return { ...(rows.get(id) ?? newAgent()), ...change, ...userChange } as Agent // as the store merges them
    },
    setStatus: async (id, status, _, presence) => void writes.push(['setStatus', id, status, presence]),
    setOwnStatus: async ({ id }, status, _, presence) =>
      void writes.push(['setOwnStatus', id, status, presence]),
  } satisfies Partial<AgentStore>
  const agents = createAgents({
    store: store as Partial<AgentStore> as AgentStore, // no other methods are called
    users: { find: async (id) => (id === '404' ? undefined : ({ id } as never)) }, // only its existence is read
    accounts: { prepare: async (account) => ({ ...account, passwordHash: 'x' }) as never }, // passed on as it is
    changes: { endOutdatedSessions: async (userId) => void ended.push(userId) },
    policy: () => policy,
    statuses: { publish: async (actor, status) => void published.push([actor, status]) },
    now: () => NOW * 1_000,
    longestLifetime: 600,
  })
  return { agents, writes, ended, published }
}

const about = { version: undefined, address: '192.0.2.7' }

describe('adding an agent', () => {
  const account = { username: 'dora', password: 'correct horse', role: 'user' } as const

  test.each<[string, Name, NewAgent]>([
    ['in another team', 'sven', { name: 'D', kind: 'ai', team: 'support' }],
    ['without a team of their own', 'anna', { name: 'D', kind: 'ai' }],
    ['for an existing user', 'sven', { name: 'D', kind: 'human', userId: '7' }],
    ['with an extension', 'sven', { name: 'D', kind: 'human', userId: null, extension: '1009' }],
    [
      'with a supervisor’s account',
      'sven',
      { name: 'D', kind: 'human', account: { ...account, role: 'supervisor' } },
    ],
  ])('is forbidden to a supervisor or agent %s', async (_, name, agent) => {
    const { agents, writes } = createFixture()
    await expect(agents.add(actorOf(name), agent)).rejects.toMatchObject({ code: 'forbidden' })
    expect(writes).toEqual([])
  })

  test('puts a supervisor’s new agent into their own team', async () => {
    const { agents, writes } = createFixture()
    await agents.add(actorOf('sven'), { name: 'D', kind: 'human', account })
    expect(writes).toMatchObject([['add', { name: 'D', team: 'sales', userId: null }, NOW, NOW + 600]])
  })

  test('puts an admin’s new agent into the given team, or into none', async () => {
    const { agents, writes } = createFixture()
    await agents.add(actorOf('root'), { name: 'D', kind: 'ai', team: 'support' })
    await agents.add(actorOf('root'), { name: 'E', kind: 'ai' })
    expect(writes).toMatchObject([
      ['add', { team: 'support' }, NOW, NOW + 600],
      ['add', { team: null }, NOW, NOW + 600],
    ])
  })

  test.each<[string, NewAgent, string]>([
    ['an AI agent with a user', { name: 'D', kind: 'ai', userId: '7' }, 'input_invalid'],
    ['an AI agent with an account', { name: 'D', kind: 'ai', account }, 'input_invalid'],
    ['an AI agent with an extension', { name: 'D', kind: 'ai', extension: '1009' }, 'input_invalid'],
    ['a human agent without a stated user', { name: 'D', kind: 'human' }, 'input_invalid'],
    [
      'an extension without a user',
      { name: 'D', kind: 'human', userId: null, extension: '1009' },
      'input_invalid',
    ],
    ['a user who does not exist', { name: 'D', kind: 'human', userId: '404' }, 'not_found'],
  ])('refuses an admin %s', async (_, agent, code) => {
    const { agents, writes } = createFixture()
    await expect(agents.add(actorOf('root'), agent)).rejects.toMatchObject({ code })
    expect(writes).toEqual([])
  })

  test.each<[string, NewAgent, string[]]>([
    ['a supervisor who joins a team', { name: 'S', kind: 'human', userId: '2', team: 'sales' }, ['2']],
    ['a supervisor who joins no team', { name: 'S', kind: 'human', userId: '2' }, []],
    ['a user who joins a team', { name: 'D', kind: 'human', userId: '7', team: 'sales' }, []],
    ['a user who gets an extension', { name: 'D', kind: 'human', userId: '7', extension: '1009' }, ['7']],
    ['a new account', { name: 'D', kind: 'human', account, extension: '1009' }, []],
  ])('ends the sessions only of users with outdated tokens: %s', async (_, agent, expected) => {
    const { agents, ended } = createFixture()
    await agents.add(actorOf('root'), agent)
    expect(ended).toEqual(expected)
  })
})

describe('updating an agent', () => {
  test.each<[string, Name, string, object, string]>([
    ['outside the scope', 'sven', '3', { name: 'C' }, 'not_found'],
    ['with a team, by a supervisor', 'sven', '1', { team: 'support' }, 'forbidden'],
    ['with a role, by a supervisor', 'sven', '1', { role: 'admin' }, 'forbidden'],
    ['with an extension, by a supervisor', 'sven', '1', { extension: '1009' }, 'forbidden'],
    ['with a role, by themselves', 'root', '4', { role: 'user' }, 'conflict'],
    ['with a role, if they have no user', 'root', '5', { role: 'user' }, 'input_invalid'],
    ['with an extension, if they have no user', 'root', '5', { extension: '1009' }, 'input_invalid'],
    ['with an invalid extension', 'root', '1', { extension: '1 0' }, 'input_invalid'],
  ])('is refused %s', async (_, name, id, patch, code) => {
    const { agents, writes } = createFixture()
    await expect(agents.update(actorOf(name), id, patch, about)).rejects.toMatchObject({ code })
    expect(writes).toEqual([])
  })

  test('lets a supervisor rename an agent of their team', async () => {
    const { agents, writes, ended } = createFixture()
    await agents.update(actorOf('sven'), '1', { name: 'Ann' }, { ...about, version: 7 })
    expect(writes).toEqual([['update', '1', { name: 'Ann' }, 7, {}, NOW, NOW + 600]])
    expect(ended).toEqual([])
  })

  test.each<[string, string, object, string[]]>([
    ['another role', '1', { role: 'supervisor' }, ['1']],
    ['the same role', '1', { role: 'user' }, []],
    ['another extension', '1', { extension: '1009' }, ['1']],
    ['no extension', '1', { extension: null }, ['1']],
    ['the same extension', '1', { extension: '1001' }, []],
    ['another team, for an agent', '1', { team: 'support' }, []],
    ['another team, for a supervisor', '2', { team: 'support' }, ['2']],
    ['the same team, for a supervisor', '2', { team: 'sales' }, []],
    ['another team, for an AI agent', '5', { team: 'support' }, []],
  ])('ends the sessions only of users with outdated tokens: %s', async (_, id, patch, expected) => {
    const { agents, ended } = createFixture()
    await agents.update(actorOf('root'), id, patch, about)
    expect(ended).toEqual(expected)
  })
})

describe('setting the status of an agent', () => {
  test.each([
    ['ready', 'available'],
    ['after_call', 'away'],
    ['break', 'away'],
    ['offline', 'offline'],
  ] as const)('%s sets and publishes the presence %s', async (status, presence) => {
    const { agents, writes, published } = createFixture()
    await agents.setStatus(actorOf('sven'), '1', status)
    expect(writes).toEqual([['setStatus', '1', status, presence]])
    expect(published).toEqual([[{ userId: '1', claims: { extension: '1001' } }, presence]])
  })

  test('by the agent themselves is bound to their session', async () => {
    const { agents, writes } = createFixture()
    await agents.setStatus(actorOf('anna'), '1', 'ready')
    expect(writes).toEqual([['setOwnStatus', '1', 'ready', 'available']])
  })

  test('of an agent without a user publishes no presence', async () => {
    const { agents, published } = createFixture()
    await agents.setStatus(actorOf('root'), '5', 'ready')
    expect(published).toEqual([])
  })

  test('of an agent outside the scope is not found', async () => {
    const { agents, writes } = createFixture()
    await expect(agents.setStatus(actorOf('anna'), '3', 'ready')).rejects.toMatchObject({ code: 'not_found' })
    expect(writes).toEqual([])
  })
})
