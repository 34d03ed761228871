import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../../api/core/call-center/agents/agent.ts'
import {
  type AvailableAgentsNeeds,
  createAvailableAgents,
} from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import { createTrunkCapacity } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'

const now = 1_700_000_000
function availableAgentsOf(agents: readonly Agent[], difference: Partial<AvailableAgentsNeeds> = {}) {
  return createAvailableAgents({
    agents: { findAll: async (ids) => agents.filter(({ id }) => ids.includes(id)) },
    statusOf: () => 'available',
    isReachable: () => true,
    isInCall: () => false,
    canPresentNumber: (extension, callerId) => callerId === `+49${extension}`,
    now: () => now * 1_000,
    ...difference,
  })
}

describe('available agents', () => {
  test('include an agent who is ready and has a free phone', async () => {
    expect(await availableAgentsOf([newAgent()]).find(['1'], new Set())).toHaveLength(1)
  })

  test.each<[string, Partial<Agent>, Partial<AvailableAgentsNeeds>]>([
    ['in after-call work', { status: 'after_call' }, {}],
    ['on a break', { status: 'break' }, {}],
    ['who is disabled', { disabled: true }, {}],
    ['without a user', { userId: null }, {}],
    ['without a phone', { extension: null }, {}],
    ['who still wraps up', { availableFrom: now + 1 }, {}],
    ['with presence away', {}, { statusOf: () => 'away' }],
    ['with an unreachable phone', {}, { isReachable: () => false }],
    ['who is in a call', {}, { isInCall: () => true }],
  ])('exclude an agent %s', async (_, difference, needs) => {
    expect(await availableAgentsOf([newAgent(difference)], needs).find(['1'], new Set())).toEqual([])
  })

  test('exclude an agent who is in a call of a lead', async () => {
    expect(await availableAgentsOf([newAgent()]).find(['1'], new Set(['1']))).toEqual([])
  })

  test('are sorted by idle time, the longest first', async () => {
    const agents = [
      newAgent({ id: '1', availableFrom: now - 5 }),
      newAgent({ id: '2', availableFrom: now - 9, statusAt: now - 2 }),
      newAgent({ id: '3', availableFrom: now - 7 }),
    ]
    const free = await availableAgentsOf(agents).find(['1', '2', '3'], new Set())
    expect(free.map(({ id }) => id)).toEqual(['3', '1', '2'])
  })

  test('can present a caller ID that is allowed for their extension, and always without a caller ID', async () => {
    const availableAgents = availableAgentsOf([newAgent()])
    const [agent] = await availableAgents.find(['1'], new Set())
    if (agent === undefined) throw new Error('one is available')
    expect(availableAgents.canPresentNumber(agent, null)).toBe(true)
    expect(availableAgents.canPresentNumber(agent, '+491001')).toBe(true)
    expect(availableAgents.canPresentNumber(agent, '+491002')).toBe(false)
  })
})

describe('the capacity of a trunk', () => {
  const leg = (endpoint: string, state: 'up' | 'ringing' | 'ended' = 'up') => ({
    ...{ channelId: '1', channelName: 'PJSIP/x', endpoint, number: '', name: '', state, holds: false },
    ...{ parkingSpace: undefined, bridge: undefined, role: 'callee' as const, answeredAt: undefined },
  })
  const trunks = createTrunkCapacity({
    limits: new Map([['telnyx', 4]]),
    live: () => [
      { id: 'hk_1', legs: [leg('1001'), leg('telnyx', 'ringing')] },
      { id: '17', legs: [leg('telnyx')] },
      { id: 'hk_2', legs: [leg('1002'), leg('telnyx', 'ended')] },
    ],
  })

  test('is its limit minus its live calls, of any user', () => {
    expect(trunks.available('telnyx', [])).toBe(2)
  })
  test('is reduced by pending calls, each counted once', () => {
    expect(trunks.available('telnyx', ['hk_1'])).toBe(2)
    expect(trunks.available('telnyx', ['hk_1', 'hk_3'])).toBe(1)
    expect(trunks.available('telnyx', ['hk_3', 'hk_4', 'hk_5'])).toBe(0)
  })
  test('is infinite without a trunk, and undefined for a trunk that the settings do not name', () => {
    expect(trunks.available(null, ['hk_1'])).toBe(Number.POSITIVE_INFINITY)
    expect(trunks.available('backup', [])).toBeUndefined()
  })
})
