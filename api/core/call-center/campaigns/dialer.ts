import { toUnixSeconds } from '../../../../runtime/time.ts'
import { toApiCallId } from '../../calls/call-id.ts'
import type { Lease } from '../../lease.ts'
import { type AvailableAgents, findCandidates } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignCallPlacer } from './campaign-call-placer.ts'
import type { CampaignStore } from './campaign-store.ts'
import type { DialAttempt, DialQueue } from './dial-queue.ts'
import type { DialReconciler } from './dial-reconciler.ts'
import { freeCapacity } from './free-capacity.ts'
import { stateReasons } from './hold-reason.ts'
import { openZones } from './next-call-time.ts'
import type { TrunkCapacity } from './trunk-capacity.ts'

export interface DialerNeeds {
  lease: Pick<Lease, 'fence' | 'stepDown'>
  queue: Pick<DialQueue, 'claimNext'>
  campaigns: Pick<CampaignStore, 'listAutomated' | 'waitingZones' | 'completeIfExhausted'>
  reconciler: DialReconciler
  availableAgents: AvailableAgents
  trunkCapacity: TrunkCapacity
  callPlacer: CampaignCallPlacer
  /** Whether the PBX takes calls. */
  isOnline(): boolean
  newId(): string
  now(): number
}

export interface Dialer {
  /** Completes the attempts that are over, and gives each available agent a lead. Call it about twice a second. */
  tick(): Promise<void>
}

/** Leads may be added while a campaign dials: it is completed when no lead has waited for this long. */
const COMPLETE_AFTER_EMPTY_MS = 10_000
/** A restarting PBX is online again within this time; after it, another API may reach the PBX. */
const OFFLINE_GRACE_MS = 3_000
/** Longer than other APIs take to request the lease. */
const STEP_DOWN_MS = 2_000
const STEP_DOWN_INTERVAL_MS = 30_000

/** Only the lease holder dials. Where two processes believe to hold the lease, the queue's claims are still exclusive. */
export function createDialer(needs: DialerNeeds): Dialer {
  const { lease, queue, campaigns, availableAgents, trunkCapacity, callPlacer } = needs
  const emptySince = new Map<string, number>()
  /** By campaign. The campaign with the oldest last claim is served first. */
  const lastClaimTurn = new Map<string, number>()
  let claimCount = 0
  let offlineSince: number | undefined
  let steppedDownAt = Number.NEGATIVE_INFINITY

  function stepDownWhileOffline() {
    offlineSince ??= needs.now()
    if (needs.now() - offlineSince < OFFLINE_GRACE_MS || needs.now() - steppedDownAt < STEP_DOWN_INTERVAL_MS)
      return
    steppedDownAt = needs.now()
    lease.stepDown(STEP_DOWN_MS)
  }

  async function completeIfEmpty({ id }: Campaign, isEmpty: boolean) {
    if (!isEmpty) {
      emptySince.delete(id)
      return
    }
    const since = emptySince.get(id) ?? needs.now()
    emptySince.set(id, since)
    if (needs.now() - since < COMPLETE_AFTER_EMPTY_MS) return
    emptySince.delete(id)
    await campaigns.completeIfExhausted(id, toUnixSeconds(needs.now()))
  }

  /** @param attempts all attempts in progress; new ones are added */
  async function dial(
    campaign: Campaign,
    automated: readonly Campaign[],
    attempts: DialAttempt[],
    fence: number,
  ) {
    const { id, rules } = campaign
    const waiting = await campaigns.waitingZones(id)
    await completeIfEmpty(
      campaign,
      waiting.length === 0 && !attempts.some(({ campaignId }) => campaignId === id),
    )
    const zones = openZones(rules, waiting, needs.now())
    if (zones.length === 0) return
    const candidates = await findCandidates(availableAgents, campaign, attempts)
    let capacity = freeCapacity(campaign, automated, attempts, trunkCapacity)
    for (const agent of candidates) {
      if (capacity < 1 || lease.fence() !== fence || needs.now() < callPlacer.pausedUntil()) return
      const callId = toApiCallId(needs.newId())
      const now = toUnixSeconds(needs.now())
      const call = await queue.claimNext({ campaignId: id, zones, agentId: agent.id, callId, now })
      // The leads that are left may be assigned to the other agents.
      if (call === undefined) continue
      callPlacer.start(call, { agent, campaign, fence })
      attempts.push(call)
      capacity -= 1
      claimCount += 1
      lastClaimTurn.set(id, claimCount)
    }
  }

  return {
    async tick() {
      const fence = lease.fence()
      if (fence === undefined) return
      const attempts = await needs.reconciler.reconcile()
      if (!needs.isOnline()) return stepDownWhileOffline()
      offlineSince = undefined
      if (needs.now() < callPlacer.pausedUntil()) return
      const automated = (await campaigns.listAutomated()).filter((one) => stateReasons(one).length === 0)
      for (const byCampaign of [emptySince, lastClaimTurn]) {
        for (const id of byCampaign.keys()) if (!automated.some((one) => one.id === id)) byCampaign.delete(id)
      }
      const byLastClaim = automated.toSorted(
        (a, b) => (lastClaimTurn.get(a.id) ?? 0) - (lastClaimTurn.get(b.id) ?? 0),
      )
      for (const campaign of byLastClaim) await dial(campaign, automated, attempts, fence)
    },
  }
}
