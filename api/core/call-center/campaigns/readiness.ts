import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Lease } from '../../lease.ts'
import type { Agent } from '../agents/agent.ts'
import { type AgentAvailability, type AvailableAgents, findCandidates } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignCallPlacer } from './campaign-call-placer.ts'
import type { CampaignProgress, CampaignStore, WaitingZone } from './campaign-store.ts'
import { busyAgentIds, type DialAttempt, type DialQueue } from './dial-queue.ts'
import { capacityReasons, type HoldReason, leadReasons, stateReasons } from './hold-reason.ts'
import { earliestCallTime } from './next-call-time.ts'
import type { TrunkCapacity } from './trunk-capacity.ts'

/** Whether a campaign dials, and all that prevents it. */
export interface Readiness {
  campaign: Campaign
  progress: CampaignProgress
  /** What a user would change first comes first; empty if the next call is placed at once. */
  reasons: readonly HoldReason[]
  /** The agents of the campaign, by id. */
  agents: readonly { agent: Agent; availability: AgentAvailability }[]
  /** Number of agents who could take a call of the campaign now. */
  freeAgents: number
  /** When the next lead may be called, unix seconds; null if no lead waits. */
  nextTryAt: number | null
  waiting: readonly WaitingZone[]
  /** Which API dials: this one, another, or none. */
  dialer: 'here' | 'elsewhere' | 'none'
}

export interface ReadinessNeeds {
  campaigns: Pick<CampaignStore, 'progress' | 'waitingZones' | 'listAutomated' | 'hasDueLeadFor'>
  queue: Pick<DialQueue, 'inProgress'>
  availableAgents: AvailableAgents
  trunkCapacity: TrunkCapacity
  lease: Pick<Lease, 'fence' | 'isHeldElsewhere'>
  callPlacer: Pick<CampaignCallPlacer, 'pausedUntil'>
  isOnline(): boolean
  now(): number
}

/** Reads by the functions that the dialer itself asks, so that any API can report it, also one that does not dial. */
export function createReadinessReader(needs: ReadinessNeeds) {
  const { campaigns, queue, availableAgents, trunkCapacity, lease, callPlacer, isOnline, now } = needs

  const dialer = () => (lease.fence() !== undefined ? 'here' : lease.isHeldElsewhere() ? 'elsewhere' : 'none')

  function systemReasons(): HoldReason[] {
    if (!isOnline()) return [{ code: 'pbx_away' }]
    if (dialer() === 'none') return [{ code: 'no_dialer' }]
    const until = callPlacer.pausedUntil()
    return until > now() ? [{ code: 'resting_after_failure', until: Math.ceil(until / 1_000) }] : []
  }

  async function agentReasons(
    campaign: Campaign,
    attempts: readonly DialAttempt[],
    hasOpenZone: boolean,
  ): Promise<{ reasons: HoldReason[]; freeAgents: number }> {
    const { id, agentIds, rules } = campaign
    const candidates = await findCandidates(availableAgents, campaign, attempts)
    const freeAgents = candidates.length
    if (agentIds.length === 0) return { reasons: [{ code: 'no_agents' }], freeAgents }
    if (freeAgents > 0) {
      const ids = candidates.map((agent) => agent.id)
      const hasLead = !hasOpenZone || (await campaigns.hasDueLeadFor(id, ids, toUnixSeconds(now())))
      return { reasons: hasLead ? [] : [{ code: 'leads_reserved' }], freeAgents }
    }
    const available = await availableAgents.find(agentIds, busyAgentIds(attempts))
    return available.length > 0 && rules.callerId !== null
      ? { reasons: [{ code: 'caller_id_not_allowed', callerId: rules.callerId }], freeAgents }
      : { reasons: [{ code: 'no_agent_free' }], freeAgents }
  }

  return async (campaign: Campaign): Promise<Readiness> => {
    const { id, rules, agentIds } = campaign
    const progress = (await campaigns.progress([id])).get(id)
    if (progress === undefined) throw new TypeError('the store returns the progress of each campaign')
    const waiting = await campaigns.waitingZones(id)
    const attempts = await queue.inProgress()
    const ofLeads = leadReasons(campaign, waiting, now())
    const ofAgents = await agentReasons(campaign, attempts, ofLeads.length === 0)
    return {
      ...{ campaign, progress, waiting },
      reasons: [
        ...stateReasons(campaign),
        ...systemReasons(),
        ...ofLeads,
        ...capacityReasons(campaign, await campaigns.listAutomated(), attempts, trunkCapacity),
        ...ofAgents.reasons,
      ],
      agents: await availableAgents.describe(agentIds, busyAgentIds(attempts)),
      freeAgents: ofAgents.freeAgents,
      nextTryAt: earliestCallTime(rules, waiting, now()),
      dialer: dialer(),
    }
  }
}
