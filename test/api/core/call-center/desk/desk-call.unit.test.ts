import { describe, expect, test } from 'vitest'
import type { AgentCall } from '../../../../../api/core/call-center/calls/agent-call.ts'
import type { CallSource } from '../../../../../api/core/call-center/calls/call-source.ts'
import type { DialAttempt } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { createDeskCallFinder, wrapUpUntil } from '../../../../../api/core/call-center/desk/desk-call.ts'
import type { Call, CallState } from '../../../../../api/core/calls/call.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCall } from '../../../../support/fixtures/call-records.ts'
import { lead } from '../calls/fixtures/actors.ts'

const now = 1_000
const attempt: DialAttempt = {
  ...{ leadId: '9', number: '+49301', campaignId: '1', agentId: '1', callId: 'hk_1' },
  ...{ from: 'waiting', attempts: 0, since: 900 },
}
const agentCall: AgentCall = {
  ...{ id: '5', callId: 'hk_1', agentId: '1', leadId: '9', campaignId: '1' },
  ...{ number: '+49301', createdAt: 900, outcome: null },
}
const liveCall = (state: CallState, difference: Partial<Call> = {}) =>
  ({
    ...{ id: 'hk_1', state, direction: 'outgoing', legs: [], startedAt: 910e6, answeredAt: undefined },
    ...{ from: { number: '1001', name: '' }, to: { number: '+49301', name: '' }, endedAt: undefined },
    ...difference,
  }) as Call // no other members are read

interface Given {
  attempt?: DialAttempt
  live?: Call[]
  stored?: AgentCall
  source?: CallSource
  last?: AgentCall
  hasResult?: boolean
  agent?: Parameters<typeof newAgent>[0]
}

function find({ agent: difference, ...given }: Given) {
  const agent = newAgent({ extension: '1001', availableFrom: 0, ...difference })
  const finder = createDeskCallFinder({
    store: { attemptOf: async () => given.attempt, lastLeadCallOf: async () => given.last },
    records: {
      findResult: async () => (given.hasResult ? { disposition: '1', name: 'x', createdAt: 0 } : undefined),
    },
    agentCallStore: { find: async () => given.stored },
    callFinder: {
      async find() {
        if (given.source === undefined) throw new Refusal('not_found')
        return { agentCall: given.last ?? agentCall, source: given.source }
      },
    },
    callTracker: { ofEndpoints: (endpoints) => (endpoints.includes('1001-web') ? (given.live ?? []) : []) },
    directory: { endpointsOf: (extension) => [extension, `${extension}-web`] },
    leadLookup: {
      findByNumber: async (variants) => (variants.includes('+49305') ? { ...lead, id: '4' } : undefined),
    },
    policy: () => ({
      variants(number) {
        if (number === '') throw new Refusal('input_invalid')
        return [number]
      },
    }),
  })
  return finder({ userId: '1', role: 'user', agent, scope: { sees: 'own', agentId: '1' } }, now)
}
const ended: CallSource = {
  kind: 'record',
  record: newCall({ id: 'hk_1', startedAt: 910, answeredAt: 920, endedAt: 950, outcome: 'answered' }),
}

describe('the call of a desk', () => {
  test('is none of an agent who is in no call', async () => {
    expect(await find({})).toBeUndefined()
  })

  test.each([
    ['dialling', 'ringing'],
    ['ringing', 'ringing'],
    ['up', 'talking'],
    ['held', 'talking'],
  ] as const)('that is %s at the PBX is %s, with its lead', async (state, expected) => {
    expect(await find({ attempt, live: [liveCall(state)], stored: agentCall })).toMatchObject({
      call: { id: 'hk_1', state: expected, direction: 'outbound', phone: '+49301', startedAt: 910 },
      ...{ leadId: '9', campaignId: '1', wrapUp: undefined },
    })
  })

  test('is that of the lead, if the phone is in several', async () => {
    const other = liveCall('held', { id: '17.1' })
    expect((await find({ attempt, live: [other, liveCall('up')] }))?.call.id).toBe('hk_1')
  })

  test('begins when the lead is given to the agent, before the PBX reports it', async () => {
    expect(await find({ attempt })).toEqual({
      call: {
        ...{ id: 'hk_1', state: 'ringing', direction: 'outbound', phone: '+49301' },
        ...{ startedAt: 900, answeredAt: null, endedAt: null },
      },
      ...{ leadId: '9', campaignId: '1', wrapUp: undefined },
    })
  })

  test('stays with its lead between its end and the result of the PBX', async () => {
    expect(await find({ attempt, source: ended })).toMatchObject({
      ...{ call: { state: 'ended', answeredAt: 920, endedAt: 950 }, leadId: '9', wrapUp: undefined },
    })
  })

  test.each([
    ['a lead of the agent by its number', '+49305', '4'],
    ['no lead', '+49306', null],
    ['no lead for a caller without a number', '', null],
  ])('that comes in has %s', async (_, number, leadId) => {
    const incoming = { direction: 'incoming', from: { number, name: '' } } as const
    expect(await find({ live: [liveCall('up', { id: '17.1', ...incoming })] })).toMatchObject({
      ...{ call: { direction: 'inbound', phone: number }, leadId },
    })
  })

  const last: AgentCall = { ...agentCall, outcome: 'answered' }
  test('is the last one while the agent wraps it up', async () => {
    const agent = { availableFrom: now + 5 }
    expect(await find({ last, source: ended, agent })).toMatchObject({
      ...{ call: { state: 'ended' }, leadId: '9', wrapUp: { until: now + 5 } },
    })
    expect(await find({ last, source: ended, agent, hasResult: true })).toBeUndefined()
    expect(await find({ last, source: ended, agent: { availableFrom: now } })).toBeUndefined()
  })

  test('is over for an agent who has transferred it', async () => {
    const source: CallSource = { kind: 'live', call: liveCall('up') }
    const transferred = { ...agentCall, outcome: null }
    expect(await find({ last: transferred, source, agent: { availableFrom: now + 5 } })).toMatchObject({
      ...{ call: { state: 'ended', endedAt: null }, wrapUp: { until: now + 5 } },
    })
  })
})

describe('a wrap-up', () => {
  const call = { outcome: 'answered', createdAt: 900 } as const
  const agent = { status: 'ready', statusAt: 0, availableFrom: now + 5 } as const

  test.each([
    ['lasts until the agent is available', {}, {}, now + 5],
    ['is over then', { availableFrom: now }, {}, undefined],
    ['follows no call that was not answered', {}, { outcome: 'busy' }, undefined],
    ['follows no call that the agent’s phone did not take', {}, { outcome: 'own_no_answer' }, undefined],
    ['is not that of a later call', {}, { createdAt: now + 6 }, undefined],
    ['has no end with the status after_call', { status: 'after_call', statusAt: 950 }, {}, null],
    ['has none also later on', { status: 'after_call', statusAt: 950, availableFrom: 960 }, {}, null],
    [
      'is not begun by after_call',
      { status: 'after_call', statusAt: 980, availableFrom: 960 },
      {},
      undefined,
    ],
    [
      'is not that of an earlier day',
      { status: 'after_call', statusAt: 800, availableFrom: 960 },
      {},
      undefined,
    ],
  ] as const)('%s', (_, ofAgent, ofCall, expected) => {
    expect(wrapUpUntil({ ...agent, ...ofAgent }, { ...call, ...ofCall }, now)).toBe(expected)
  })
})
