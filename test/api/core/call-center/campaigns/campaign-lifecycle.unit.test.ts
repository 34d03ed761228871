import { describe, expect, test } from 'vitest'
import { type Scope, UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import {
  CAMPAIGN_STATUSES,
  type Campaign,
  type CampaignStatus,
} from '../../../../../api/core/call-center/campaigns/campaign.ts'
import {
  type CampaignLifecycle,
  type CampaignLifecycleNeeds,
  createCampaignLifecycle,
} from '../../../../../api/core/call-center/campaigns/campaign-lifecycle.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign } from '../../../../support/fixtures/campaigns.ts'

/** A lifecycle over a store with one campaign. */
function setUp(difference: Partial<Campaign>, waiting = 0) {
  let stored = newCampaign({ automation: false, ...difference })
  const store: CampaignLifecycleNeeds['store'] = {
    find: async () => stored,
    async transition(_id, from, to) {
      if (!from.includes(stored.status)) return false
      stored = { ...stored, ...to, version: stored.version + 1 }
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

describe('the campaign lifecycle', () => {
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
  test.each(allowed)('takes a %s campaign by %s to %s', async (status, operation, next) => {
    expect((await setUp({ status })[operation](by(), '1')).status).toBe(next)
  })

  const operations: readonly Operation[] = ['start', 'pause', 'stop', 'startAutomation']
  const others = CAMPAIGN_STATUSES.flatMap((status) =>
    operations
      .filter((operation) => !allowed.some(([from, name]) => from === status && name === operation))
      .map((operation) => [status, operation] as const),
  )
  test.each(others)(
    'refuses a %s campaign the operation %s, and names its status',
    async (status, operation) => {
      const refused = setUp({ status })[operation](by(), '1')
      await expect(refused).rejects.toMatchObject({
        code: 'conflict',
        detail: expect.stringContaining(status.toUpperCase()),
      })
    },
  )

  test('keeps automation over a pause', async () => {
    const lifecycle = setUp({ automation: true })
    expect((await lifecycle.pause(by(), '1')).automation).toBe(true)
    expect(await lifecycle.start(by(), '1')).toMatchObject({ status: 'active', automation: true })
  })

  test('starts a completed campaign again if leads wait, without automation', async () => {
    const lifecycle = setUp({ status: 'completed' }, 5)
    expect(await lifecycle.start(by(), '1')).toMatchObject({ status: 'active', automation: false })
  })

  test('does not start a stopped campaign again, also if leads wait', async () => {
    const lifecycle = setUp({}, 5)
    expect(await lifecycle.stop(by(), '1')).toMatchObject({ stopped: true, automation: false })
    await expect(lifecycle.start(by(), '1')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('starts no automation for a preview campaign', async () => {
    const lifecycle = setUp({ dialerMode: 'preview' })
    await expect(lifecycle.startAutomation(by(), '1')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('is forbidden to agents who work in the campaign', async () => {
    const lifecycle = setUp({ status: 'active' })
    for (const operation of [...operations, 'stopAutomation'] as const) {
      const refused = lifecycle[operation](by({ sees: 'own', agentId: '1' }), '1')
      await expect(refused).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})
