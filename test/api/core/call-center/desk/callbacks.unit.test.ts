import { describe, expect, test } from 'vitest'
import type { Scope } from '../../../../../api/core/call-center/agents/scope.ts'
import { createCallbacks } from '../../../../../api/core/call-center/desk/create-callbacks.ts'
import type { Lead } from '../../../../../api/core/call-center/leads/lead.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'
import { lead } from '../calls/fixtures/actors.ts'

const now = Date.parse('2026-11-30T12:00:00Z') / 1_000
const refused = (code: string) => expect.objectContaining({ code })
const agent = newAgent({ id: '2', name: 'Anna' })
const by = (scope: Scope) => ({ userId: '1', role: 'user', agent, scope }) as const
const own = by({ sees: 'own', agentId: '2' })
const request = { at: '2026-12-01T20:00', isOwn: true }

/** The lead 9 of agent 2, in a campaign that calls from 9 to 17 h in Berlin. */
function create(difference: Partial<Lead> = {}) {
  let current: Lead = { ...lead, ...difference }
  const notified: string[][] = []
  const rules = newRules({ startMinute: 540, endMinute: 1_020, timeZone: 'Europe/Berlin' })
  const callbacks = createCallbacks({
    store: { list: async () => [current], count: async () => 1 },
    leads: {
      find: async (id, scope) =>
        id === '9' &&
        (scope.sees === 'all' || scope.agentId === '2' || (scope.sees === 'team' && scope.team === 'sales'))
          ? current
          : undefined,
      async change(_, __, update) {
        const { callback, ...changes } = update(current).changes
        current = { ...current, ...changes, ...(callback === undefined ? {} : { callback }) }
        return current
      },
    },
    agents: {
      find: async (id, scope) => (scope.sees === 'own' && scope.agentId !== id ? undefined : agent),
      findAll: async () => [agent],
    },
    campaigns: { find: async (id) => newCampaign({ id, rules }) },
    timeZone: 'UTC',
    now: () => now * 1_000,
    onChange: (ids) => void notified.push([...ids]),
  })
  return { callbacks, notified, lead: () => current }
}

describe('a callback', () => {
  test('is agreed in the lead’s place; its campaign calls within its hours', async () => {
    const { callbacks, notified, lead: stored } = create()
    expect(await callbacks.set(own, '9', request)).toMatchObject({
      callback: { at: Date.parse('2026-12-01T19:00Z') / 1_000, timeZone: 'Europe/Berlin', agentId: '2' },
      ...{ agentName: 'Anna', campaignName: 'Spring', callsAt: Date.parse('2026-12-02T08:00Z') / 1_000 },
    })
    expect(stored()).toMatchObject({
      dialState: 'waiting',
      nextTryAt: Date.parse('2026-12-01T19:00Z') / 1_000,
    })
    expect(notified).toEqual([['2']])
  })

  test('is called at its time if the campaign is open then', async () => {
    const { callbacks } = create({ timeZone: 'Asia/Tokyo' })
    const { callback, callsAt } = await callbacks.set(own, '9', { ...request, at: '2026-12-01T10:00' })
    expect([callback.timeZone, callsAt]).toEqual(['Asia/Tokyo', callback.at])
  })

  test('of a lead without a campaign is called by no campaign', async () => {
    const { callbacks, lead: stored } = create({ campaignId: null, dialState: 'idle' })
    expect(await callbacks.set(own, '9', request)).toMatchObject({ callsAt: null, campaignName: null })
    expect(stored().dialState).toBe('idle')
  })

  test('notifies the agent who had agreed the one before', async () => {
    const callback = { at: now, timeZone: 'UTC', agentId: '3', isOwn: true, attemptsBefore: 0 }
    const { callbacks, notified } = create({ callback })
    await callbacks.set(own, '9', request)
    expect(notified).toEqual([['2', '3']])
  })

  test.each(['lost', 'converted', 'do_not_call'] as const)(
    'is refused for a lead that is %s',
    async (status) => {
      const { callbacks, notified } = create({ status })
      await expect(callbacks.set(own, '9', request)).rejects.toThrow(refused('conflict'))
      expect(notified).toEqual([])
    },
  )

  test.each([
    ['another agent', by({ sees: 'own', agentId: '8' })],
    ['another team', by({ sees: 'team', team: 'support', agentId: '8' })],
  ])('is not there for %s', async (_, other) => {
    const { callbacks, lead: stored } = create()
    await expect(callbacks.set(other, '9', request)).rejects.toThrow(refused('not_found'))
    await expect(callbacks.remove(other, '9')).rejects.toThrow(refused('not_found'))
    expect(stored()).toEqual(lead)
  })

  test('is removed by the supervisor of the team', async () => {
    const { callbacks, notified, lead: stored } = create()
    await callbacks.set(own, '9', request)
    await callbacks.remove(by({ sees: 'team', team: 'sales', agentId: '8' }), '9')
    expect(stored()).toMatchObject({ callback: null, dialState: 'waiting', nextTryAt: now })
    expect(notified).toEqual([['2'], ['2']])
  })

  test('is listed for an agent in the scope', async () => {
    const { callbacks } = create({
      callback: { at: now, timeZone: 'UTC', agentId: '2', isOwn: true, attemptsBefore: 0 },
    })
    const page = { limit: 10 }
    expect(await callbacks.list(own, { agentId: '2' }, page)).toMatchObject({
      callbacks: [{ agentName: 'Anna' }],
      total: 1,
    })
    await expect(callbacks.list(own, { agentId: '8' }, page)).rejects.toThrow(refused('not_found'))
  })
})
