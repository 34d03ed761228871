import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../../api/core/call-center/agents/agent.ts'
import {
  createFloor,
  type FloorNeeds,
} from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import { createTrunks } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'

const now = 1_700_000_000
function floorOf(agents: readonly Agent[], difference: Partial<FloorNeeds> = {}) {
  return createFloor({
    agents: { findAll: async (ids) => agents.filter(({ id }) => ids.includes(id)) },
    statusOf: () => 'available',
    isReachable: () => true,
    isInCall: () => false,
    mayShow: (extension, callerId) => callerId === `+49${extension}`,
    now: () => now * 1_000,
    ...difference,
  })
}

describe('who gets a call', () => {
  test('who is ready and whose phone is free', async () => {
    expect(await floorOf([newAgent()]).free(['1'], new Set())).toHaveLength(1)
  })

  test.each<[string, Partial<Agent>, Partial<FloorNeeds>]>([
    ['has not said that they are ready', { status: 'after_call' }, {}],
    ['has a break', { status: 'break' }, {}],
    ['is blocked', { disabled: true }, {}],
    ['has no user', { userId: null }, {}],
    ['has no phone', { extension: null }, {}],
    ['still wraps up', { freeFrom: now + 1 }, {}],
    ['is away', {}, { statusOf: () => 'away' }],
    ['has a phone that is not there', {}, { isReachable: () => false }],
    ['is in a call', {}, { isInCall: () => true }],
  ])('nobody who %s', async (_, flaw, needs) => {
    expect(await floorOf([newAgent(flaw)], needs).free(['1'], new Set())).toEqual([])
  })

  test('nobody who is in a call of a lead', async () => {
    expect(await floorOf([newAgent()]).free(['1'], new Set(['1']))).toEqual([])
  })

  test('who waits the longest comes first', async () => {
    const agents = [
      newAgent({ id: '1', freeFrom: now - 5 }),
      newAgent({ id: '2', freeFrom: now - 9, statusAt: now - 2 }),
      newAgent({ id: '3', freeFrom: now - 7 }),
    ]
    const free = await floorOf(agents).free(['1', '2', '3'], new Set())
    expect(free.map(({ id }) => id)).toEqual(['3', '1', '2'])
  })

  test('a number is shown by whose it is, and by everybody where none is asked for', async () => {
    const floor = floorOf([newAgent()])
    const [agent] = await floor.free(['1'], new Set())
    if (agent === undefined) throw new Error('one is free')
    expect(floor.mayShow(agent, null)).toBe(true)
    expect(floor.mayShow(agent, '+491001')).toBe(true)
    expect(floor.mayShow(agent, '+491002')).toBe(false)
  })
})

describe('how many calls a trunk takes', () => {
  const leg = (endpoint: string, state: 'up' | 'ringing' | 'ended' = 'up') => ({
    ...{ channelId: '1', channelName: 'PJSIP/x', endpoint, number: '', name: '', state, holds: false },
    ...{ parkedAt: undefined, bridge: undefined, role: 'callee' as const, answeredAt: undefined },
  })
  const trunks = createTrunks({
    bounds: new Map([['telnyx', 4]]),
    live: () => [
      { id: 'hk_1', legs: [leg('1001'), leg('telnyx', 'ringing')] },
      { id: '17', legs: [leg('telnyx')] },
      { id: 'hk_2', legs: [leg('1002'), leg('telnyx', 'ended')] },
    ],
  })

  test('its bound, but for the calls it has, of whomever', () => {
    expect(trunks.room('telnyx', [])).toBe(2)
  })
  test('but for those that are to come, each once', () => {
    expect(trunks.room('telnyx', ['hk_1'])).toBe(2)
    expect(trunks.room('telnyx', ['hk_1', 'hk_3'])).toBe(1)
    expect(trunks.room('telnyx', ['hk_3', 'hk_4', 'hk_5'])).toBe(0)
  })
  test('any number where none is named, and unknown where the settings do not name it', () => {
    expect(trunks.room(null, ['hk_1'])).toBe(Number.POSITIVE_INFINITY)
    expect(trunks.room('backup', [])).toBeUndefined()
  })
})
