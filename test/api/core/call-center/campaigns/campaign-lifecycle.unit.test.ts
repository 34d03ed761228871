import { describe, expect, test } from 'vitest'
import { type Scope, UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import type { Campaign, CampaignStatus } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import {
  type CampaignLifecycle,
  type CampaignLifecycleNeeds,
  createCampaignLifecycle,
} from '../../../../../api/core/call-center/campaigns/campaign-lifecycle.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign } from '../../../../support/fixtures/campaigns.ts'

/** Keeps one campaign, as the store does. */
function setUp(difference: Partial<Campaign>, waiting = 0) {
  let kept = newCampaign({ automation: false, ...difference })
  const store: CampaignLifecycleNeeds['store'] = {
    find: async () => kept,
    async transition(_id, from, to) {
      if (!from.includes(kept.status)) return false
      kept = { ...kept, ...to, version: kept.version + 1 }
      return true
    },
    waitingZones: async () => (waiting === 0 ? [] : [{ zone: null, dueAt: 0 }]),
  }
  return createCampaignLifecycle({ store, now: () => 0 })
}
const by = (scope: Scope = UNRESTRICTED_SCOPE) => ({
  userId: '1',
  role: 'admin' as const,
  agent: newAgent(),
  scope,
})
type Operation = keyof CampaignLifecycle

describe('a campaign’s life', () => {
  const allowed: readonly [CampaignStatus, Operation, CampaignStatus][] = [
    ['draft', 'start', 'active'],
    ['active', 'pause', 'paused'],
    ['active', 'stop', 'completed'],
    ['paused', 'start', 'active'],
    ['paused', 'stop', 'completed'],
    ['active', 'startAutomation', 'active'],
    ['draft', 'stopAutomation', 'draft'],
    ['active', 'stopAutomation', 'active'],
    ['paused', 'stopAutomation', 'paused'],
    ['completed', 'stopAutomation', 'completed'],
  ]
  test.each(allowed)('%s: %s makes it %s', async (status, deed, then) => {
    expect((await setUp({ status })[deed](by(), '1')).status).toBe(then)
  })

  const states: readonly CampaignStatus[] = ['draft', 'active', 'paused', 'completed']
  const deeds: readonly Operation[] = ['start', 'pause', 'stop', 'startAutomation']
  const others = states.flatMap((status) =>
    deeds
      .filter((deed) => !allowed.some(([from, does]) => from === status && does === deed))
      .map((deed) => [status, deed] as const),
  )
  test.each(others)('%s: %s is refused with words', async (status, deed) => {
    const refused = setUp({ status })[deed](by(), '1')
    await expect(refused).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining(status.toUpperCase()),
    })
  })

  test('a pause keeps that it dials by itself', async () => {
    const running = setUp({ automation: true })
    expect((await running.pause(by(), '1')).automation).toBe(true)
    expect(await running.start(by(), '1')).toMatchObject({ status: 'active', automation: true })
  })

  test('one whose list has grown since it was over may be started again, and does not dial by itself', async () => {
    const running = setUp({ status: 'completed' }, 5)
    expect(await running.start(by(), '1')).toMatchObject({ status: 'active', automation: false })
  })

  test('one that was stopped may not, however its list has grown', async () => {
    const running = setUp({}, 5)
    expect(await running.stop(by(), '1')).toMatchObject({ stopped: true, automation: false })
    await expect(running.start(by(), '1')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('agents dial a PREVIEW campaign by hand', async () => {
    const running = setUp({ dialerMode: 'preview' })
    await expect(running.startAutomation(by(), '1')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('whoever only works in it changes nothing', async () => {
    const running = setUp({ status: 'active' })
    for (const deed of [...deeds, 'stopAutomation'] as const) {
      const refused = running[deed](by({ sees: 'own', agentId: '1' }), '1')
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})
