import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../../api/core/call-center/agents/agent.ts'
import { createAgentLookup } from '../../../../../api/core/call-center/agents/agent-lookup.ts'
import type { AgentCall } from '../../../../../api/core/call-center/calls/agent-call.ts'
import { createCallFinder } from '../../../../../api/core/call-center/calls/call-finder.ts'
import type { Call } from '../../../../../api/core/calls/call.ts'
import type { CallRecord, PlacedCall } from '../../../../../api/core/calls/call-history.ts'
import { newCall } from '../../../../support/fixtures/call-records.ts'
import { aCall, aDirectory, aLeg } from '../../calls/fixtures/calls.ts'
import { AGENTS, actorOf } from './fixtures/actors.ts'

interface Stores {
  agentCall?: AgentCall
  tracked?: Call
  record?: CallRecord
  placed?: PlacedCall
}
const party = (userId: string, extension: string, answered = true) => ({ userId, extension, answered })
const requested: AgentCall = {
  ...{ id: '7', callId: 'hk_1', agentId: '2', leadId: null, campaignId: null },
  ...{ number: '+4930', createdAt: 5, outcome: null },
}
const placed: PlacedCall = { id: 'hk_1', userId: '2', number: '+4940', createdAt: 6, outcome: 'busy' }

async function createFixture({ agentCall, tracked, record, placed }: Stores) {
  const added: Omit<AgentCall, 'id' | 'outcome'>[] = []
  const directory = await aDirectory()
  await directory.refresh()
  const all: Agent[] = Object.values(AGENTS)
  const agents = {
    find: async (id: string) => all.find((agent) => agent.id === id && agent.team === 'sales'),
    findOrCreateForUser: async (userId: string) => all.find((agent) => agent.userId === userId) as Agent, // called only for users of AGENTS
  }
  const callFinder = createCallFinder({
    agentCallStore: {
      find: async () => agentCall,
      async addIfMissing(call) {
        added.push(call)
        return { ...call, id: '9', outcome: null }
      },
    },
    callTracker: { find: () => tracked },
    history: { find: async () => record },
    placedCalls: { find: async () => placed },
    agents,
    directory,
    agentLookup: createAgentLookup({ agents, directory, now: () => 0 }),
  })
  return { callFinder, added }
}

describe('the source of a call', () => {
  const live = aCall({ id: 'hk_1' })
  const ended = aCall({ id: 'hk_1', state: 'ended', outcome: 'busy' })
  const record = newCall({ id: 'hk_1', parties: [party('2', '1001')] })

  test.each<[string, Stores, object]>([
    ['the tracker while the call is live', { tracked: live, record, placed }, { kind: 'live', call: live }],
    ['the history once the call is over', { tracked: ended, record, placed }, { kind: 'record', record }],
    ['the tracker until the history has the call', { tracked: ended, placed }, { kind: 'live', call: ended }],
    [
      'the placed call before the PBX reports a leg',
      { tracked: aCall({ id: 'hk_1', legs: [], outcome: 'failed' }), placed },
      { kind: 'requested', userId: '2', number: '+4940', createdAt: 6, outcome: 'busy' },
    ],
    [
      'the agent call alone, with the tracker’s outcome',
      { tracked: aCall({ id: 'hk_1', legs: [], outcome: 'failed' }), agentCall: requested },
      { kind: 'requested', userId: undefined, number: '+4930', createdAt: 5, outcome: 'failed' },
    ],
  ])('is %s', async (_, stores, expected) => {
    const { callFinder } = await createFixture(stores)
    expect((await callFinder.find(actorOf('anna').callCenterActor, 'hk_1')).source).toEqual(expected)
  })

  test('is not looked up among placed calls if the PBX gave the id', async () => {
    const { callFinder } = await createFixture({ placed })
    await expect(callFinder.find(actorOf('root').callCenterActor, '1700.1')).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('the agent call of a call that the call center did not place', () => {
  test('belongs to a called agent who answered, before those with a ringing phone and the caller', async () => {
    const record = newCall({
      ...{ id: '1700.1', fromNumber: '1001', toNumber: '1003' },
      parties: [party('2', '1001'), party('3', '1002', false), party('4', '1003')],
    })
    const { callFinder, added } = await createFixture({ record })
    expect((await callFinder.find(actorOf('root').callCenterActor, '1700.1')).agentCall).toMatchObject({
      id: '9',
      agentId: '4',
    })
    expect(added).toEqual([
      {
        ...{ callId: '1700.1', agentId: '4', leadId: null, campaignId: null },
        ...{ number: '1003', createdAt: record.startedAt },
      },
    ])
  })

  test('belongs to the caller if no other agent is in the call', async () => {
    const call = aCall({ legs: [aLeg('1001'), aLeg('trunk', { role: 'callee' })] })
    const { callFinder } = await createFixture({ tracked: call })
    expect((await callFinder.find(actorOf('anna').callCenterActor, call.id)).agentCall).toMatchObject({
      agentId: '2',
      number: '1002',
      createdAt: 1_700_000_000,
    })
  })

  test('is not stored for an actor who may not see the call', async () => {
    const record = newCall({ id: '1700.1', parties: [party('2', '1001')] })
    const { callFinder, added } = await createFixture({ record })
    await expect(callFinder.find(actorOf('tara').callCenterActor, '1700.1')).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(added).toEqual([])
  })
})

test('a stored call is visible to its agent and their supervisor, also if the agent’s phone was never in it', async () => {
  const { callFinder, added } = await createFixture({ agentCall: requested })
  for (const name of ['anna', 'sven', 'root'] as const) {
    expect((await callFinder.find(actorOf(name).callCenterActor, '7')).agentCall).toBe(requested)
  }
  await expect(callFinder.find(actorOf('bert').callCenterActor, '7')).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(added).toEqual([])
})
