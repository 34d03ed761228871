import { createItemFailureReporter, type FailureHandler } from '../../../../runtime/failure-reporter.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
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
import { createMissedCallCounter } from './missed-call-counter.ts'
import { createOutageDetector, isRouteFailure } from './outage-detector.ts'
import { applyOutcomeRules, notDialed } from './outcome-rules.ts'
import { wrapUpEnd } from './wrap-up.ts'

export interface DialReconcilerNeeds {
  queue: Pick<DialQueue, 'inProgress' | 'complete' | 'releaseAgent'>
  campaigns: Pick<CampaignStore, 'find' | 'pauseForOutage' | 'setNote'>
  agents: Pick<AgentStore, 'findAll' | 'setAvailableFrom' | 'putOnBreak'>
  agentCallStore: Pick<AgentCallStore, 'finish'>
  placedCalls: {
    find(id: string): Promise<PlacedCall | undefined>
    /** @throws if a call with this id was placed already */
    add(call: PlacedCall): Promise<void>
  }
  history: { find(id: string): Promise<CallRecord | undefined> }
  /** Whether the agent has stored the result of a call: then they do not wrap it up. */
  hasResult?(call: { callId: string; agentId: string }): Promise<boolean>
  findLiveCall(id: string): Pick<Call, 'state' | 'legs'> | undefined
  /** The endpoints of an extension on the PBX. */
  endpointsOf(extension: string): readonly string[]
  /** Whether this process is placing the call on the PBX. */
  isPlacing(callId: string): boolean
  now(): number
  /** Called when an operator should act: a campaign was paused, an agent was set on a break. */
  onNote?(event: 'campaign_paused' | 'agent_break', about: { note: string } & Record<string, unknown>): void
  /** An agent has left the call of a lead. */
  onAgentFree?(agentId: string): void
  /** Called when the results of calls cannot be stored: see `createItemFailureReporter`. */
  onFailure: FailureHandler
}

export interface DialReconciler {
  /** Completes the attempts that are over. @returns those still in progress */
  reconcile(): Promise<DialAttempt[]>
}

/** In seconds. If a process has claimed a lead and not dialed by then, it crashed or stalls. */
const CLAIM_TIMEOUT_S = 30

/**
 * Completes each attempt by the stored calls, without state of the process that dialed: any process can do it, also
 * after the one that dialed has crashed.
 */
export function createDialReconciler(needs: DialReconcilerNeeds): DialReconciler {
  const { queue, campaigns, agents, agentCallStore, placedCalls, history } = needs
  const outageDetector = createOutageDetector()
  const missedCalls = createMissedCallCounter(needs)
  const failing = createItemFailureReporter(needs.onFailure, needs.now)
  const nowS = () => toUnixSeconds(needs.now())

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

  /** An agent who has transferred the call wraps up, and may then take the next one. */
  async function releaseTransferred(
    call: DialAttempt,
    live: Pick<Call, 'legs'>,
    extensionOf: ReadonlyMap<string, string>,
  ) {
    const extension = extensionOf.get(call.agentId ?? '')
    if (call.agentId === null || extension === undefined) return
    if (!hasLeft(live, needs.endpointsOf(extension))) return
    const campaign =
      call.campaignId === null ? undefined : await campaigns.find(call.campaignId, UNRESTRICTED_SCOPE)
    const hasResult = await needs.hasResult?.({ callId: call.callId, agentId: call.agentId })
    await agents.setAvailableFrom(call.agentId, hasResult ? nowS() : wrapUpEnd(nowS(), campaign?.rules))
    await queue.releaseAgent(call)
    needs.onAgentFree?.(call.agentId)
  }

  /** One query for all agents, as this runs twice a second. */
  async function extensionsOf(calls: readonly DialAttempt[]): Promise<ReadonlyMap<string, string>> {
    const known = await agents.findAll([...busyAgentIds(calls)])
    return new Map(known.flatMap(({ id, extension }) => (extension === null ? [] : [[id, extension]])))
  }

  async function complete(call: DialAttempt, outcome: CallOutcome, endedAt: number) {
    const { campaignId, agentId, callId } = call
    const campaign = campaignId === null ? undefined : await campaigns.find(campaignId, UNRESTRICTED_SCOPE)
    const effect = applyOutcomeRules(call, outcome, campaign?.rules, { endedAt, now: nowS() })
    // First, so that the agent has their pause even if this process crashes before the attempt is completed.
    if (agentId !== null) {
      const isWrappedUp = outcome === 'answered' && (await needs.hasResult?.({ callId, agentId }))
      await agents.setAvailableFrom(agentId, isWrappedUp ? nowS() : effect.availableFrom)
    }
    const assessment = campaign === undefined ? 'attempt' : await assess(call, outcome, campaign)
    await agentCallStore.finish(callId, outcome)
    const isAttempt = assessment === 'attempt' || assessment === 'evidence'
    await queue.complete(call, isAttempt ? effect.result : { ...notDialed(call, nowS()), outcome })
    // Counted last: if the result could not be stored, the next round completes the attempt again.
    if (campaign !== undefined && assessment === 'evidence') outageDetector.record(campaign.id, call, outcome)
    if (agentId !== null) {
      await missedCalls.count(agentId, outcome, campaignId)
      needs.onAgentFree?.(agentId)
    }
  }

  /**
   * An outage of the trunk or the dialplan is no attempt of any lead: it pauses the campaign until a user starts it.
   * @returns `evidence` for an attempt that also shows whether the trunk works
   */
  async function assess(
    call: DialAttempt,
    outcome: CallOutcome,
    { id, automation, status }: Campaign,
  ): Promise<'attempt' | 'evidence' | 'none'> {
    if (call.from !== 'waiting' || !automation) return 'attempt'
    // Calls that were in progress when the campaign was paused.
    if (status !== 'active') return isRouteFailure(outcome) ? 'none' : 'attempt'
    const outage = outageDetector.check(id, call, outcome)
    if (outage === undefined) return 'evidence'
    const { note, countedAttempts: attempts } = outage
    const isPaused = await campaigns.pauseForOutage(id, { note, attempts }, nowS())
    outageDetector.reset(id)
    if (isPaused) needs.onNote?.('campaign_paused', { campaignId: id, note })
    return 'none'
  }

  /**
   * Releases a lead that no process dialed. Its call id is stored as placed, so that a stalled process cannot dial it
   * when it continues.
   * @param placed stored by an earlier round, which could not store the rest
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
    if (agentId !== null) needs.onAgentFree?.(agentId)
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

/** Whether `releaseUndialed` stored it. A call that was dialed is in the history before it has an outcome. */
const isReleased = ({ outcome, createdAt }: PlacedCall, { since }: DialAttempt) =>
  outcome === 'cancelled' && createdAt === since
