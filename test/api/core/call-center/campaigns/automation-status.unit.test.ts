import { describe, expect, test } from 'vitest'
import { toAutomationStatus } from '../../../../../api/core/call-center/campaigns/automation-status.ts'
import { createAvailableAgents } from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import type { Campaign } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import type { WaitingZone } from '../../../../../api/core/call-center/campaigns/campaign-store.ts'
import type { DialAttempt } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { createReadinessReader } from '../../../../../api/core/call-center/campaigns/readiness.ts'
import { createTrunkCapacity } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import { INVALID_TIME_ZONE } from '../../../../../api/core/values/time-zone.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

/** A Friday, ten to noon. */
const now = Date.parse('2026-11-20T11:50:00Z')
const at = (text: string) => Date.parse(text) / 1_000

interface Situation {
  campaign: Partial<Campaign>
  waiting: readonly WaitingZone[]
  attempts: readonly DialAttempt[]
  ready: boolean
  online: boolean
  hasDueLead: boolean
}

/** A campaign that can dial; tests name what is different. */
async function readStatus(difference: Partial<Situation> = {}) {
  const { campaign = {}, attempts = [], ready = true, online = true } = difference
  const waiting = difference.waiting ?? [{ zone: null, dueAt: at('2026-11-20T11:00:00Z') }]
  const one = newCampaign({ rules: newRules({ trunk: 'telnyx' }), ...campaign })
  const progress = { total: 3, waiting: 3, dialling: 0, done: 0, calls: 0, outcomes: {} }
  const readinessOf = createReadinessReader({
    campaigns: {
      progress: async () => new Map([['1', progress]]),
      waitingZones: async () => [...waiting],
      listAutomated: async () => [one],
      hasDueLeadFor: async () => difference.hasDueLead ?? true,
    },
    queue: { inProgress: async () => [...attempts] },
    availableAgents: createAvailableAgents({
      agents: {
        findAll: async (ids) => ids.map((id) => newAgent({ id, status: ready ? 'ready' : 'break' })),
      },
      statusOf: () => 'available',
      isReachable: () => true,
      isInCall: () => false,
      canPresentNumber: () => false,
      now: () => now,
    }),
    trunkCapacity: createTrunkCapacity({ limits: new Map([['telnyx', 2]]), live: () => [] }),
    lease: { fence: () => 1, isHeldElsewhere: () => false },
    callPlacer: { pausedUntil: () => 0 },
    isOnline: () => online,
    now: () => now,
  })
  const { note, nextTryAt, freeAgents } = toAutomationStatus(await readinessOf(one))
  return { note, nextTryAt, freeAgents }
}
const call = (n: number): DialAttempt => ({
  ...{ leadId: String(n), number: `03012${n}`, campaignId: '1', agentId: String(n), callId: `hk_${n}` },
  ...{ from: 'waiting', attempts: 0, since: 0 },
})

describe('the automation status', () => {
  test('has no note while the campaign can dial', async () => {
    expect(await readStatus()).toEqual({ note: null, nextTryAt: now / 1_000, freeAgents: 1 })
  })

  const morning = newRules({ startMinute: 540, endMinute: 600 })
  test.each<[Partial<Situation>, string]>([
    [{ campaign: { status: 'paused' } }, 'the campaign is paused'],
    [{ campaign: { dialerMode: 'preview' } }, 'agents dial by hand: its dialerMode is PREVIEW'],
    [
      { campaign: { status: 'paused', automationNote: 'lead 3 cannot be called' } },
      'the campaign is paused; at last, lead 3 cannot be called',
    ],
    [{ hasDueLead: false }, 'the leads that are due wait for those they are assigned to'],
    [{ online: false }, 'the PBX is away'],
    [{ waiting: [] }, 'no lead is waiting'],
    [{ campaign: { rules: morning } }, 'outside calling hours until 2026-11-21T09:00:00.000Z'],
    [
      { waiting: [{ zone: null, dueAt: at('2026-11-20T12:30:00Z') }] },
      'no lead is due until 2026-11-20T12:30:00.000Z',
    ],
    [
      { campaign: { rules: newRules({ maxCalls: 1 }) }, attempts: [call(2)] },
      'as many calls are under way as maxConcurrentCalls says',
    ],
    [{ attempts: [call(2), call(3)] }, 'the trunk is full'],
    [{ campaign: { rules: newRules({ trunk: 'gone' }) } }, 'HOOKSWITCH_TRUNKS does not name gone'],
    [{ ready: false }, 'no free agent'],
    [{ attempts: [{ ...call(1), campaignId: '2' }] }, 'no free agent'],
    [
      { campaign: { rules: newRules({ callerId: '+4930' }) } },
      'callerId is not one of the numbers that a free agent may show',
    ],
    [{ campaign: { automationNote: 'lead 3 cannot be called' } }, 'lead 3 cannot be called'],
    // Stored before such names were refused.
    [
      { campaign: { rules: newRules({ timeZone: 'BST' }) } },
      `the campaign’s timeZone BST ${INVALID_TIME_ZONE}`,
    ],
    [
      { waiting: [{ zone: 'BST', dueAt: 0 }] },
      `leads whose timeZone is BST are called by the campaign’s: it ${INVALID_TIME_ZONE}`,
    ],
  ])('with %j has the note: %s', async (situation, note) => {
    expect((await readStatus(situation)).note).toBe(note)
  })

  test('has no note without automation', async () => {
    expect((await readStatus({ campaign: { automation: false }, online: false })).note).toBeNull()
  })

  test('has the next call time of the zone that opens first', async () => {
    const waiting = [
      { zone: 'America/New_York', dueAt: 0 },
      { zone: 'Asia/Tokyo', dueAt: 0 },
      // An invalid name stands for the campaign's time zone.
      { zone: 'Nowhere', dueAt: 0 },
    ]
    const { nextTryAt } = await readStatus({ campaign: { rules: morning }, waiting })
    // Nine in New York.
    expect(nextTryAt).toBe(at('2026-11-20T14:00:00Z'))
  })
})
