import { beforeEach, describe, expect, test } from 'vitest'
import { UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import { createCallStats } from '../../../../../api/core/call-center/stats/call-stats.ts'
import type {
  AgentPresence,
  CampaignCallCounts,
} from '../../../../../api/core/call-center/stats/call-stats-store.ts'
import type { Call } from '../../../../../api/core/calls/call.ts'
import { aCall, aLeg } from '../../calls/fixtures/calls.ts'

const span = { from: 0, until: 86_400 }
const READY: AgentPresence = { status: 'ready', extension: '1001' }

let presences: AgentPresence[]
let counts: CampaignCallCounts[]
let live: Call[]
let reachable: Set<string>
let online: boolean
beforeEach(() => {
  presences = [READY]
  counts = []
  live = []
  reachable = new Set(['1001', '1002'])
  online = true
})

const realtime = () =>
  createCallStats({
    store: {
      listPresences: async () => presences,
      countByCampaign: async () => counts,
      countForAgent: async () => ({ calls: 0, answered: 0, missed: 0, talked: 0 }),
    },
    callTracker: { live: () => live },
    directory: { endpointsOf: (extension) => [`${extension}-desk`, `${extension}-web`] },
    isReachable: (extension) => reachable.has(extension),
    isOnline: () => online,
  }).realtime(UNRESTRICTED_SCOPE, span)

describe('ready agents', () => {
  test('include an agent who is ready and has a registered phone', async () => {
    expect(await realtime()).toMatchObject({ readyAgents: 1, agents: { ready: 1, inCall: 0 } })
  })

  test.each<[string, () => void]>([
    ['who is on a break', () => (presences = [{ ...READY, status: 'break' }])],
    ['without a phone', () => (presences = [{ ...READY, extension: null }])],
    ['with an unregistered phone', () => reachable.clear()],
    ['who is in a call', () => (live = [aCall({ legs: [aLeg('1001-web'), aLeg('trunk')] })])],
    ['with a ringing phone', () => (live = [aCall({ legs: [aLeg('1001-web', { state: 'ringing' })] })])],
    ['while the PBX is offline', () => (online = false)],
  ])('exclude an agent %s', async (_, change) => {
    change()
    expect((await realtime()).readyAgents).toBe(0)
  })

  test('include an agent who has left a call that goes on', async () => {
    live = [aCall({ legs: [aLeg('1001-web', { state: 'ended' }), aLeg('9'), aLeg('8')] })]
    expect(await realtime()).toMatchObject({ readyAgents: 1, activeCalls: 0 })
  })
})

test('a call between two agents of the scope counts once, a call of other phones not at all', async () => {
  presences = [READY, { ...READY, extension: '1002' }, { status: 'offline', extension: null }]
  live = [
    aCall({ id: '1', legs: [aLeg('1001-web'), aLeg('1002-web')] }),
    aCall({ id: '2', legs: [aLeg('1003-web'), aLeg('trunk', { endpoint: undefined })] }),
  ]
  expect(await realtime()).toMatchObject({
    activeCalls: 1,
    agents: { ready: 0, offline: 1, after_call: 0, break: 0, inCall: 2 },
  })
})

test('no call is active while the PBX is offline', async () => {
  live = [aCall({ legs: [aLeg('1001-web')] })]
  online = false
  expect(await realtime()).toMatchObject({ online: false, activeCalls: 0, agents: { ready: 1, inCall: 0 } })
})

test('counts are summed over campaigns and calls without one; calls in progress have no outcome', async () => {
  counts = [
    { campaignId: '1', outcome: 'answered', calls: 3, answered: 2, talked: 61 },
    { campaignId: '1', outcome: 'busy', calls: 3, answered: 0, talked: 0 },
    { campaignId: '1', outcome: null, calls: 1, answered: 0, talked: 0 },
    { campaignId: '2', outcome: 'unknown', calls: 1, answered: 0, talked: 0 },
    { campaignId: null, outcome: 'answered', calls: 1, answered: 1, talked: 30 },
  ]
  expect(await realtime()).toMatchObject({
    calls: 9,
    answered: 3,
    averageTalk: 30,
    campaigns: [
      { campaignId: '1', calls: 7, outcomes: { answered: 3, busy: 3 } },
      { campaignId: '2', calls: 1, outcomes: { unknown: 1 } },
    ],
  })
})
