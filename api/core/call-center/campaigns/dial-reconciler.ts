import { createItemFailureReporter, type FailureHandler } from '../../../../runtime/failure-reporter.ts'
import type { Call, CallOutcome } from '../../calls/call.ts'
import { hasLeft } from '../../calls/call-access.ts'
import type { CallRecord, PlacedCall } from '../../calls/call-history.ts'
import type { AgentStore } from '../agents/agent.ts'
import { UNRESTRICTED_SCOPE } from '../agents/scope.ts'
import type { AgentCallStore } from '../calls/agent-call.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'
import { busyAgentIds, type DialAttempt, type DialQueue } from './dial-queue.ts'
import { outcomeForLead } from './lead-outcome.ts'
import { createOutageDetector, isRouteFailure } from './outage-detector.ts'
import { applyOutcomeRules, notDialed } from './outcome-rules.ts'

export interface DialReconcilerNeeds {
  queue: Pick<DialQueue, 'inProgress' | 'complete' | 'releaseAgent'>
  campaigns: Pick<CampaignStore, 'find' | 'pauseForOutage' | 'setNote'>
  agents: Pick<AgentStore, 'findAll' | 'setAvailableFrom' | 'putOnBreak'>
  agentCallStore: Pick<AgentCallStore, 'finish'>
  placedCalls: {
    find(id: string): Promise<PlacedCall | undefined>
    /** @throws where the id was dialled already */
    add(call: PlacedCall): Promise<void>
  }
  history: { find(id: string): Promise<CallRecord | undefined> }
  findLiveCall(id: string): Pick<Call, 'state' | 'legs'> | undefined
  /** The endpoint of an extension on the PBX. */
  endpointOf(extension: string): string
  /** Calls that this process is about to hand to the PBX. */
  isPlacing(callId: string): boolean
  now(): number
  /** Something that people have to see to: a campaign was paused, an agent is on a break. */
  onNote?(event: 'campaign_paused' | 'agent_break', about: { note: string } & Record<string, unknown>): void
  /** Ends of calls cannot be written: see `createFailingItems`. */
  onFailure: FailureHandler
}

export interface DialReconciler {
  /** Settles what is over. @returns what goes on */
  reconcile(): Promise<DialAttempt[]>
}

/** A process that takes a lead has dialled by then, or is dead or stopped, in seconds. */
const CLAIM_TIMEOUT_S = 30
/** An agent whose phone does not take so many calls in a row is put on a break. */
const MAX_MISSED_IN_A_ROW = 3

/**
 * Says of each lead that is being called what became of it, by what is kept of calls and nothing of memory: so it
 * does not matter who dialled, and whether they still live.
 */
export function createDialReconciler(needs: DialReconcilerNeeds): DialReconciler {
  const { queue, campaigns, agents, agentCallStore, placedCalls, history } = needs
  /** Calls in a row that an agent did not pick up. */
  const missedInARow = new Map<string, number>()
  const outageDetector = createOutageDetector()
  const failing = createItemFailureReporter(needs.onFailure, needs.now)
  const nowS = () => Math.floor(needs.now() / 1_000)

  /** @returns whether it is over */
  async function reconcileAttempt(
    call: DialAttempt,
    extensionOf: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const { callId } = call
    const liveCall = needs.findLiveCall(callId)
    if (isLive(liveCall)) await releaseTransferred(call, liveCall, extensionOf)
    if (needs.isPlacing(callId) || isLive(liveCall)) return false
    const placed = await placedCalls.find(callId)
    const record = await history.find(callId)
    const reported = placed?.outcome ?? record?.outcome
    const outcome = reported && outcomeForLead(reported, record, placed?.userId)
    if (placed !== undefined && record === undefined && isReleased(placed, call))
      await releaseUndialed(call, placed)
    else if (outcome !== undefined) await complete(call, outcome, record?.endedAt ?? nowS())
    else if (placed === undefined && nowS() - call.since > CLAIM_TIMEOUT_S) await releaseUndialed(call)
    else return false
    return true
  }

  /** An agent who has handed the call on wraps up, and may have the next. */
  async function releaseTransferred(
    call: DialAttempt,
    live: Pick<Call, 'legs'>,
    extensionOf: ReadonlyMap<string, string>,
  ) {
    const extension = extensionOf.get(call.agentId ?? '')
    if (call.agentId === null || extension === undefined) return
    if (!hasLeft(live, needs.endpointOf(extension))) return
    const campaign =
      call.campaignId === null ? undefined : await campaigns.find(call.campaignId, UNRESTRICTED_SCOPE)
    await agents.setAvailableFrom(call.agentId, nowS() + (campaign?.rules.wrapUpSeconds ?? 0))
    await queue.releaseAgent(call)
  }

  /** Of all at once: this is asked twice a second. */
  async function extensionsOf(calls: readonly DialAttempt[]): Promise<ReadonlyMap<string, string>> {
    const known = await agents.findAll([...busyAgentIds(calls)])
    return new Map(known.flatMap(({ id, extension }) => (extension === null ? [] : [[id, extension]])))
  }

  async function complete(call: DialAttempt, outcome: CallOutcome, endedAt: number) {
    const { campaignId, agentId, callId } = call
    const campaign = campaignId === null ? undefined : await campaigns.find(campaignId, UNRESTRICTED_SCOPE)
    const effect = applyOutcomeRules(call, outcome, campaign?.rules, { endedAt, now: nowS() })
    // First, so that the agent has their pause also where we die in between.
    if (agentId !== null) await agents.setAvailableFrom(agentId, effect.availableFrom)
    const assessment = campaign === undefined ? 'attempt' : await assess(call, outcome, campaign)
    await agentCallStore.finish(callId, outcome)
    const isAttempt = assessment === 'attempt' || assessment === 'evidence'
    await queue.complete(call, isAttempt ? effect.result : { ...notDialed(call, nowS()), outcome })
    // Counted last: a call whose end could not be written is settled again in the next round.
    if (campaign !== undefined && assessment === 'evidence') outageDetector.record(campaign.id, call, outcome)
    if (agentId !== null) await countMissed(agentId, outcome, campaignId)
  }

  /**
   * What fails for every number is no attempt of any lead: the campaign stands still until a person starts it again.
   * @returns `evidence` for an attempt that shows whether the way out works
   */
  async function assess(
    call: DialAttempt,
    outcome: CallOutcome,
    { id, automation, status }: Campaign,
  ): Promise<'attempt' | 'evidence' | 'none'> {
    if (call.from !== 'waiting' || !automation) return 'attempt'
    // Calls that were under way as it was paused.
    if (status !== 'active') return isRouteFailure(outcome) ? 'none' : 'attempt'
    const outage = outageDetector.check(id, call, outcome)
    if (outage === undefined) return 'evidence'
    const { note, countedAttempts: attempts } = outage
    const isPaused = await campaigns.pauseForOutage(id, { note, attempts }, nowS())
    outageDetector.reset(id)
    if (isPaused) needs.onNote?.('campaign_paused', { campaignId: id, note })
    return 'none'
  }

  /** An agent whose phone rings on, is busy or declines again and again is not there, whatever their status. */
  async function countMissed(agentId: string, outcome: CallOutcome, campaignId: string | null) {
    if (!outcome.startsWith('own_')) {
      missedInARow.delete(agentId)
      return
    }
    const inARow = (missedInARow.get(agentId) ?? 0) + 1
    missedInARow.set(agentId, inARow)
    if (inARow < MAX_MISSED_IN_A_ROW) return
    const name = await agents.putOnBreak(agentId, nowS())
    missedInARow.delete(agentId)
    if (name === undefined) return
    const note = `${name} is on BREAK: their phone did not take ${inARow} calls in a row (${outcome.toUpperCase()})`
    needs.onNote?.('agent_break', { agentId, note })
    if (campaignId !== null) await campaigns.setNote(campaignId, note)
  }

  /**
   * No process dialled it. One that stopped before it did, and wakes up now, must find the id taken.
   * @param placed by an earlier round, which could not write the rest
   */
  async function releaseUndialed(call: DialAttempt, placed?: PlacedCall) {
    const { agentId, callId, number, since } = call
    const [agent] = agentId === null || placed !== undefined ? [] : await agents.findAll([agentId])
    const userId = agent?.userId ?? null
    if (userId !== null) {
      await placedCalls.add({ id: callId, userId, number, createdAt: since, outcome: 'cancelled' })
    }
    await agentCallStore.finish(callId, 'cancelled')
    await queue.complete(call, notDialed(call, nowS()))
  }

  return {
    async reconcile() {
      const active: DialAttempt[] = []
      const attempts = await queue.inProgress()
      outageDetector.observe(
        attempts.map(({ campaignId, callId }) => {
          const live = needs.findLiveCall(callId)
          return { campaignId, callId, legs: isLive(live) ? live.legs : [] }
        }),
        needs.now(),
      )
      const extensionOf = await extensionsOf(
        attempts.filter(({ callId }) => isLive(needs.findLiveCall(callId))),
      )
      for (const call of attempts) {
        try {
          if (!(await reconcileAttempt(call, extensionOf))) active.push(call)
          failing.succeeded(call.callId)
        } catch (err) {
          failing.failed(call.callId, err)
          active.push(call)
        }
      }
      return active
    },
  }
}

const isLive = <C extends Pick<Call, 'state'>>(call: C | undefined): call is C =>
  call !== undefined && call.state !== 'ended'

/** What `giveBack` writes. A call that was dialled has a record in the history before it has an outcome. */
const isReleased = ({ outcome, createdAt }: PlacedCall, { since }: DialAttempt) =>
  outcome === 'cancelled' && createdAt === since
