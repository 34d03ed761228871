import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Agent } from '../../../../../api/core/call-center/agents/agent.ts'
import { createAvailableAgents } from '../../../../../api/core/call-center/campaigns/available-agents.ts'
import type { Campaign, CampaignRules } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import type { DialAttempt } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { createDialer } from '../../../../../api/core/call-center/campaigns/dialer.ts'
import { createReadinessReader } from '../../../../../api/core/call-center/campaigns/readiness.ts'
import { createTrunkCapacity } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

/** A Friday, ten to noon. */
const now = Date.parse('2026-11-20T11:50:00Z')
const nowS = now / 1_000

interface Situation {
  campaign: Partial<Campaign>
  rules: Partial<CampaignRules>
  agent: Partial<Agent>
  presence: 'available' | 'away'
  isReachable: boolean
  isInCall: boolean
  canPresent: boolean
  /** Attempts in progress: of this campaign, or of another one by the same agent. */
  attempts: readonly ('own' | 'by agent')[]
  dueAt: number | null
  hasLead: boolean
  isOnline: boolean
  lease: 'here' | 'elsewhere' | 'none'
  pausedUntil: number
}

/** A campaign that dials; tests name what is different. */
const READY: Situation = {
  ...{ campaign: {}, rules: {}, agent: {}, presence: 'available', attempts: [], dueAt: nowS - 60 },
  ...{ isReachable: true, isInCall: false, canPresent: true, hasLead: true, isOnline: true },
  ...{ lease: 'here', pausedUntil: 0 },
}

function setUp(difference: Partial<Situation> = {}) {
  const it = { ...READY, ...difference }
  const campaign = newCampaign({ rules: newRules({ trunk: 'telnyx', ...it.rules }), ...it.campaign })
  const attempts = it.attempts.map(
    (kind, index): DialAttempt => ({
      ...{ leadId: String(index), number: `0301${index}`, callId: `hk_${index}`, from: 'waiting' },
      ...{ attempts: 0, since: 0 },
      campaignId: kind === 'own' ? '1' : '2',
      agentId: kind === 'own' ? '9' : '1',
    }),
  )
  const claimed: string[] = []
  const needs = {
    campaigns: {
      progress: async () =>
        new Map([['1', { total: 1, waiting: 1, dialling: 0, done: 0, calls: 0, outcomes: {} }]]),
      waitingZones: async () => (it.dueAt === null ? [] : [{ zone: null, dueAt: it.dueAt }]),
      // As the store selects them.
      listAutomated: async () => (campaign.status === 'active' && campaign.automation ? [campaign] : []),
      hasDueLeadFor: async () => it.hasLead,
      completeIfExhausted: async () => false,
    },
    queue: {
      inProgress: async () => attempts,
      async claimNext({ campaignId }: { campaignId: string }) {
        if (!it.hasLead) return undefined
        claimed.push(campaignId)
        return { ...CLAIMED, campaignId }
      },
    },
    availableAgents: createAvailableAgents({
      agents: { findAll: async (ids) => ids.map((id) => newAgent({ id, ...it.agent })) },
      statusOf: () => it.presence,
      isReachable: () => it.isReachable,
      isInCall: () => it.isInCall,
      canPresentNumber: () => it.canPresent,
      now: () => now,
    }),
    trunkCapacity: createTrunkCapacity({ limits: new Map([['telnyx', 2]]), live: () => [] }),
    lease: {
      fence: () => (it.lease === 'here' ? 1 : undefined),
      isHeldElsewhere: () => it.lease === 'elsewhere',
      stepDown: () => {},
    },
    callPlacer: {
      pausedUntil: () => it.pausedUntil,
      start: () => {},
      isPlacing: () => false,
      drained: async () => {},
    },
    isOnline: () => it.isOnline,
    now: () => now,
  }
  const dialer = createDialer({
    ...needs,
    reconciler: { reconcile: async () => [...attempts] },
    newId: () => 'id',
  })
  return {
    read: () => createReadinessReader(needs)(campaign),
    async dials() {
      await dialer.tick()
      return claimed.length > 0
    },
  }
}
const CLAIMED: DialAttempt = {
  ...{ leadId: '7', number: '03017', campaignId: '1', agentId: '1', callId: 'hk_7' },
  ...{ from: 'waiting', attempts: 0, since: nowS },
}

describe('why a campaign does not dial', () => {
  test('has no reason while it dials', async () => {
    const { reasons, agents, dialer, freeAgents } = await setUp().read()
    expect({ reasons, dialer, freeAgents }).toEqual({ reasons: [], dialer: 'here', freeAgents: 1 })
    expect(agents.map(({ availability }) => availability)).toEqual([{ state: 'free' }])
  })

  const morning = { startMinute: 540, endMinute: 600 }
  test.each<[Partial<Situation>, object[]]>([
    [
      { campaign: { status: 'draft', automation: false } },
      [{ code: 'not_started' }, { code: 'automation_off' }],
    ],
    [{ campaign: { automation: false } }, [{ code: 'automation_off' }]],
    [
      { campaign: { status: 'paused', automationNote: 'five failed' } },
      [{ code: 'paused', note: 'five failed' }],
    ],
    [{ campaign: { status: 'completed', automation: false, stopped: true } }, [{ code: 'stopped' }]],
    [{ campaign: { dialerMode: 'preview', automation: false } }, [{ code: 'preview_mode' }]],
    [{ isOnline: false }, [{ code: 'pbx_away' }]],
    [{ lease: 'none' }, [{ code: 'no_dialer' }]],
    [{ pausedUntil: now + 1_500 }, [{ code: 'resting_after_failure', until: nowS + 2 }]],
    [{ dueAt: null }, [{ code: 'no_lead_waiting' }]],
    [{ dueAt: nowS + 60 }, [{ code: 'no_lead_due', until: nowS + 60 }]],
    [{ rules: morning }, [{ code: 'outside_hours', until: Date.parse('2026-11-21T09:00:00Z') / 1_000 }]],
    [{ rules: { weekdays: [] } }, [{ code: 'hours_never_open' }]],
    [{ rules: { timeZone: 'BST' } }, [{ code: 'time_zone_invalid', timeZone: 'BST' }]],
    [{ attempts: ['own', 'own'] }, [{ code: 'trunk_full', trunk: 'telnyx' }]],
    [{ rules: { maxCalls: 1 }, attempts: ['own'] }, [{ code: 'limit_reached', limit: 1 }]],
    [{ rules: { trunk: 'gone' } }, [{ code: 'trunk_unknown', trunk: 'gone' }]],
    [{ campaign: { agentIds: [] } }, [{ code: 'no_agents' }]],
    [
      { rules: { callerId: '+4930' }, canPresent: false },
      [{ code: 'caller_id_not_allowed', callerId: '+4930' }],
    ],
    [{ hasLead: false }, [{ code: 'leads_reserved' }]],
    // What a user would change first comes first.
    [
      { campaign: { automation: false }, isOnline: false, dueAt: null, isInCall: true },
      [
        { code: 'automation_off' },
        { code: 'pbx_away' },
        { code: 'no_lead_waiting' },
        { code: 'no_agent_free' },
      ],
    ],
  ])('with %j: %j', async (difference, reasons) => {
    expect((await setUp(difference).read()).reasons).toEqual(reasons)
  })

  test.each<[Partial<Situation>, object]>([
    [{ agent: { status: 'break' } }, { state: 'not_ready', status: 'break' }],
    [{ agent: { disabled: true } }, { state: 'disabled' }],
    [{ agent: { extension: null } }, { state: 'no_phone' }],
    [{ agent: { availableFrom: nowS + 9 } }, { state: 'resting', until: nowS + 9 }],
    [{ presence: 'away' }, { state: 'away', presence: 'away' }],
    [{ isReachable: false }, { state: 'phone_unreachable' }],
    [{ isInCall: true }, { state: 'in_call' }],
    [{ attempts: ['by agent'] }, { state: 'in_call' }],
  ])('with %j the agent is %j', async (difference, availability) => {
    const { reasons, agents } = await setUp(difference).read()
    expect(reasons).toEqual([{ code: 'no_agent_free' }])
    expect(agents.map((one) => one.availability)).toEqual([availability])
  })

  test('another API that holds the lease is no reason', async () => {
    const { reasons, dialer } = await setUp({ lease: 'elsewhere' }).read()
    expect({ reasons, dialer }).toEqual({ reasons: [], dialer: 'elsewhere' })
  })

  const oftenTrue = fc.integer({ min: 0, max: 9 }).map((n) => n > 0)
  const often = <T>(usual: T, ...others: T[]) =>
    fc.oneof(
      { arbitrary: fc.constant(usual), weight: 9 },
      { arbitrary: fc.constantFrom(...others), weight: 1 },
    )
  test('has a reason exactly if the dialer of this API places no call', async () => {
    let dialed = 0
    const situation = fc.record<Situation>({
      campaign: fc.record({
        status: often<Campaign['status']>('active', 'draft', 'paused', 'completed'),
        automation: oftenTrue,
        dialerMode: often<Campaign['dialerMode']>('progressive', 'preview'),
        agentIds: often<string[]>(['1'], []),
      }),
      rules: fc.record({
        startMinute: often(0, 12 * 60),
        weekdays: often([1, 2, 3, 4, 5], [1], []),
        timeZone: often('UTC', 'BST', 'Asia/Tokyo'),
        maxCalls: fc.integer({ min: 1, max: 3 }),
        trunk: often<string | null>('telnyx', null, 'gone'),
        callerId: fc.constantFrom(null, '+4930'),
      }),
      agent: fc.record({
        status: often<Agent['status']>('ready', 'break', 'offline'),
        availableFrom: often(0, nowS + 5),
        disabled: oftenTrue.map((isEnabled) => !isEnabled),
        extension: often<string | null>('1001', null),
      }),
      presence: often<Situation['presence']>('available', 'away'),
      isReachable: oftenTrue,
      isInCall: oftenTrue.map((isFree) => !isFree),
      canPresent: oftenTrue,
      attempts: fc.array(fc.constantFrom('own' as const, 'own' as const, 'by agent' as const), {
        maxLength: 2,
      }),
      dueAt: often<number | null>(nowS - 60, nowS + 60, null),
      hasLead: oftenTrue,
      isOnline: oftenTrue,
      lease: often<Situation['lease']>('here', 'none'),
      pausedUntil: often(0, now + 1_000),
    })
    await fc.assert(
      fc.asyncProperty(situation, async (it) => {
        const { read, dials } = setUp(it)
        const { reasons } = await read()
        const isDialing = await dials()
        if (isDialing) dialed += 1
        expect(reasons.length === 0).toBe(isDialing)
      }),
      { numRuns: 600 },
    )
    // Both cases were there.
    expect(dialed).toBeGreaterThan(10)
    expect(dialed).toBeLessThan(590)
  })
})
