import { beforeEach, describe, expect, test } from 'vitest'
import { UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import type { BoardAgentRow } from '../../../../../api/core/call-center/board/agent-states.ts'
import { createBoard } from '../../../../../api/core/call-center/board/board.ts'
import { boardScope } from '../../../../../api/core/call-center/board/board-scope.ts'
import { NO_THRESHOLDS, type StoredThresholds } from '../../../../../api/core/call-center/board/thresholds.ts'
import type { CampaignCallCounts } from '../../../../../api/core/call-center/stats/call-stats-store.ts'
import type { Call } from '../../../../../api/core/calls/call.ts'
import { aCall, aLeg } from '../../calls/fixtures/calls.ts'

/** The moment of these tests, unix seconds; `aCall` was answered at …002. */
const NOW = 1_700_000_100
const ANNA: BoardAgentRow = {
  ...{ id: '1', name: 'Anna', team: 'sales', status: 'ready', statusAt: NOW - 60, availableFrom: 0 },
  extension: '1001',
}

let agents: BoardAgentRow[]
let counts: CampaignCallCounts[]
let live: Call[]
let changed: ((call: Call, before: Call | undefined) => void)[]
let reachable: Set<string>
let online: boolean
let stored: StoredThresholds | undefined
let reads: number
let agentReads: number
/** Of all legs of `live`. */
let endpointReads: number
beforeEach(() => {
  agents = [ANNA]
  counts = []
  live = []
  changed = []
  reachable = new Set(['1001', '1002'])
  online = true
  stored = undefined
  reads = 0
  agentReads = 0
  endpointReads = 0
})

const newBoard = () =>
  createBoard({
    store: {
      async listAgents() {
        agentReads += 1
        return agents
      },
      leadQueues: async () => new Map(),
    },
    campaigns: { list: async () => [] },
    stats: {
      async countByCampaign() {
        reads += 1
        return counts
      },
    },
    thresholds: { find: async () => stored },
    callTracker: {
      live: () => live,
      onChange(listener) {
        changed.push(listener)
        return () => {}
      },
    },
    directory: { endpointsOf: (extension) => [`${extension}-desk`, `${extension}-web`] },
    isReachable: (extension) => reachable.has(extension),
    isOnline: () => online,
    now: () => NOW * 1000,
  })
const read = () => newBoard().read(UNRESTRICTED_SCOPE, { team: null, timeZone: 'UTC' })
const measured = async (name: string) => (await read()).measures.find((one) => one.name === name)

describe('the state of an agent', () => {
  const ringing = aCall({
    state: 'ringing',
    answeredAt: undefined,
    legs: [aLeg('1001-web', { state: 'ringing', role: 'callee' }), aLeg('trunk')],
  })
  test.each<[string, () => void, object]>([
    ['is ready', () => {}, { state: 'ready', since: NOW - 60, until: null }],
    [
      'is ready from the end of a rest on',
      () => (agents = [{ ...ANNA, availableFrom: NOW - 5 }]),
      {
        ...{ state: 'ready', since: NOW - 5 },
      },
    ],
    [
      'is after a call while it rests',
      () => (agents = [{ ...ANNA, availableFrom: NOW + 20 }]),
      {
        ...{ state: 'after_call', until: NOW + 20 },
      },
    ],
    ['is a break', () => (agents = [{ ...ANNA, status: 'break' }]), { state: 'break', since: NOW - 60 }],
    ['is unreachable without a registered phone', () => reachable.clear(), { state: 'unreachable' }],
    [
      'is unreachable without a phone',
      () => (agents = [{ ...ANNA, extension: null }]),
      {
        state: 'unreachable',
      },
    ],
    ['is unreachable while the PBX is offline', () => (online = false), { state: 'unreachable' }],
    ['is ringing', () => (live = [ringing]), { state: 'ringing', since: 1_700_000_000 }],
    [
      'is in a call since its answer',
      () => (live = [aCall({ legs: [aLeg('1001-desk'), aLeg('9')] })]),
      {
        ...{ state: 'in_call', since: 1_700_000_002 },
      },
    ],
    [
      'is the call, if another one rings beside it',
      () => (live = [ringing, aCall({ id: '2', legs: [aLeg('1001-desk'), aLeg('9')] })]),
      { state: 'in_call' },
    ],
    [
      'is no call any more after its phone has left',
      () => (live = [aCall({ legs: [aLeg('1001-web', { state: 'ended' }), aLeg('9'), aLeg('8')] })]),
      { state: 'ready' },
    ],
  ])('%s', async (_, change, state) => {
    change()
    expect((await read()).agents).toMatchObject([state])
  })
})

describe('the start of a state', () => {
  const talking = aCall({ direction: 'incoming', legs: [aLeg('1001-web'), aLeg('trunk')] })
  const leftAt = (endedAt: number) => ({
    ...talking,
    legs: [aLeg('1001-web', { state: 'ended' }), aLeg('trunk', { state: 'ended' })],
    endedAt: endedAt * 1_000_000,
  })
  const readAfter = async (call: Call) => {
    const board = newBoard()
    for (const listener of changed) listener(call, talking)
    return (await board.read(UNRESTRICTED_SCOPE, { team: null, timeZone: 'UTC' })).agents[0]
  }

  test('ready is the end of the last call, also of one from outside', async () => {
    expect(await readAfter(leftAt(NOW - 7))).toMatchObject({ state: 'ready', since: NOW - 7 })
  })
  test('ready is the moment at which the agent left a call that goes on', async () => {
    const call = { ...talking, legs: [aLeg('1001-web', { state: 'ended' }), aLeg('trunk'), aLeg('9')] }
    expect(await readAfter(call)).toMatchObject({ state: 'ready', since: NOW })
  })
  test('ready is the status that was set after the call', async () => {
    expect(await readAfter(leftAt(NOW - 90))).toMatchObject({ state: 'ready', since: NOW - 60 })
  })
  test('after a call is the end of that call, and unknown without it', async () => {
    agents = [{ ...ANNA, availableFrom: NOW + 20 }]
    expect(await readAfter(leftAt(NOW - 10))).toMatchObject({ state: 'after_call', since: NOW - 10 })
    expect((await read()).agents).toMatchObject([{ state: 'after_call', since: null }])
  })
  test('without a phone is unknown', async () => {
    reachable.clear()
    expect((await read()).agents).toMatchObject([{ state: 'unreachable', since: null }])
  })
})

describe('calls', () => {
  test('are those of the agents, each once, with all its agents', async () => {
    agents = [ANNA, { ...ANNA, id: '2', extension: '1002' }]
    live = [
      aCall({ id: 'a', legs: [aLeg('1001-web'), aLeg('1002-web')] }),
      aCall({ id: 'b', legs: [aLeg('1003-web'), aLeg('trunk')] }),
    ]
    expect((await read()).calls).toMatchObject([{ id: 'a', agentIds: ['1', '2'], state: 'talking' }])
  })

  test('that no phone has answered wait, the oldest since its start', async () => {
    live = ['1', '2'].map((id) =>
      aCall({
        id,
        direction: 'incoming',
        state: 'ringing',
        answeredAt: undefined,
        startedAt: (NOW - Number(id) * 10) * 1_000_000,
        legs: [aLeg('1001-web', { state: 'ringing' })],
      }),
    )
    expect(await measured('calls_waiting')).toMatchObject({ value: 2 })
    expect(await measured('longest_wait')).toMatchObject({ value: 20 })
  })

  test('that an agent makes, or a colleague, do not wait', async () => {
    live = (['outgoing', 'internal'] as const).map((direction) =>
      aCall({ id: direction, direction, state: 'ringing', legs: [aLeg('1001-web', { state: 'up' })] }),
    )
    expect((await read()).calls).toMatchObject([{ state: 'ringing' }, { state: 'ringing' }])
    expect(await measured('calls_waiting')).toMatchObject({ value: 0 })
    expect(await measured('longest_wait')).toMatchObject({ value: null })
  })

  test('are none while the PBX is offline', async () => {
    live = [aCall({ legs: [aLeg('1001-web')] })]
    online = false
    expect(await read()).toMatchObject({ online: false, calls: [] })
  })
})

describe('measures', () => {
  test('have the level of the thresholds of the team', async () => {
    stored = {
      version: 1,
      thresholds: { ...NO_THRESHOLDS, agents_ready: { warning: 3, critical: 1 } },
    }
    expect(await measured('agents_ready')).toEqual({
      ...{ name: 'agents_ready', value: 1, warning: 3, critical: 1, level: 'warning' },
    })
    expect(await measured('longest_break')).toMatchObject({ value: null, level: 'normal' })
  })

  test('the answer rate is that of calls that have ended, in per cent', async () => {
    const about = { campaignId: null, talked: 0 }
    counts = [
      { ...about, outcome: 'answered', calls: 2, answered: 2 },
      { ...about, outcome: 'busy', calls: 1, answered: 0 },
      { ...about, outcome: null, calls: 5, answered: 0 },
      { ...about, outcome: 'unknown', calls: 5, answered: 0 },
    ]
    expect(await measured('answer_rate')).toMatchObject({ value: 67 })
    expect((await read()).today).toMatchObject({ calls: 13, answered: 2, unanswered: 1 })
  })
})

test('many boards of one scope read agents, calls and figures once, and a change shows in the next', async () => {
  const board = newBoard()
  const about = { team: null, timeZone: 'UTC' }
  await Promise.all(Array.from({ length: 20 }, () => board.read(UNRESTRICTED_SCOPE, about)))
  expect([reads, agentReads]).toEqual([1, 1])
  agents = [{ ...ANNA, status: 'break' }]
  await expect
    .poll(async () => (await board.read(UNRESTRICTED_SCOPE, about)).agents)
    .toMatchObject([{ state: 'break' }])
  const before = agentReads
  await board.read({ sees: 'own', agentId: '1' }, about)
  expect([reads, agentReads]).toEqual([2, before + 1])
})

test('thresholds that were changed show at once', async () => {
  const board = newBoard()
  const about = { team: null, timeZone: 'UTC' }
  await board.read(UNRESTRICTED_SCOPE, about)
  stored = { version: 1, thresholds: { ...NO_THRESHOLDS, agents_ready: { warning: 3, critical: 2 } } }
  const { measures } = await board.read(UNRESTRICTED_SCOPE, about)
  expect(measures[0]).toMatchObject({ name: 'agents_ready', level: 'critical' })
})

test('reads each leg a few times, for any number of agents', async () => {
  agents = Array.from({ length: 200 }, (_, n) => ({ ...ANNA, id: String(n), extension: String(1000 + n) }))
  live = Array.from({ length: 100 }, (_, n) => {
    const leg = aLeg(`${1000 + n}-web`)
    const { endpoint } = leg
    Object.defineProperty(leg, 'endpoint', {
      get() {
        endpointReads += 1
        return endpoint
      },
    })
    return aCall({ id: String(n), legs: [leg] })
  })
  const board = await read()
  expect(board.agents.filter(({ state }) => state === 'in_call')).toHaveLength(100)
  expect(board.calls).toHaveLength(100)
  expect(endpointReads).toBeLessThanOrEqual(300)
})

describe('a scope', () => {
  const actor = (role: 'admin' | 'supervisor', team: string | null) =>
    ({ role, agent: { id: '1', team }, scope: { sees: 'own', agentId: '1' } }) as Parameters<
      typeof boardScope
    >[0] // what it reads
  test('of another team is not found by a supervisor', () => {
    expect(() => boardScope(actor('supervisor', 'sales'), 'support')).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    )
    expect(() => boardScope(actor('supervisor', null), 'support')).toThrow()
    expect(boardScope(actor('supervisor', 'sales'), 'sales')).toMatchObject({ team: 'sales' })
  })
  test('of any team is open to an admin', () => {
    expect(boardScope(actor('admin', null), 'sales')).toMatchObject({
      team: 'sales',
      scope: { sees: 'team' },
    })
    expect(boardScope(actor('admin', 'sales'), undefined)).toMatchObject({ team: null })
  })
})
