import type { CallTracker } from '../../calls/call-tracker.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { AgentCall, AgentCallStore } from '../calls/agent-call.ts'
import { type AgentCallView, toAgentCallView } from '../calls/agent-call-view.ts'
import type { CallFinder } from '../calls/call-finder.ts'
import type { LeadLookup } from '../calls/lead-lookup.ts'
import type { DialAttempt } from '../campaigns/dial-queue.ts'
import type { CallRecordStore } from './call-records.ts'
import type { DeskCall } from './desk.ts'
import type { DeskStore } from './desk-store.ts'

/** The call of an agent's desk. */
export interface FoundDeskCall {
  call: DeskCall
  leadId: string | null
  campaignId: string | null
  /** Undefined while the call lasts, or its end is being stored. `until`: see `DeskState`. */
  wrapUp: { until: number | null } | undefined
}

export interface DeskCallNeeds {
  store: Pick<DeskStore, 'attemptOf' | 'lastLeadCallOf'>
  records: Pick<CallRecordStore, 'findResult'>
  agentCallStore: Pick<AgentCallStore, 'find'>
  callFinder: CallFinder
  callTracker: Pick<CallTracker, 'ofEndpoints'>
  directory: Pick<Directory, 'endpointsOf'>
  leadLookup: Pick<LeadLookup, 'findByNumber'>
  policy: () => Pick<DialPolicy, 'variants'>
}

/**
 * @returns a function that finds the call that an agent is in, is given, or wraps up; `nowS` in unix seconds
 */
export function createDeskCallFinder(needs: DeskCallNeeds) {
  return async (by: CallCenterActor, nowS: number): Promise<FoundDeskCall | undefined> => {
    const attempt = await needs.store.attemptOf(by.agent.id)
    return (
      (await findLive(by, attempt)) ??
      (attempt === undefined ? findWrapUp(by, nowS) : findAttempted(by, attempt))
    )
  }

  /** The call that the agent's phone is in. */
  async function findLive(
    { agent, scope }: CallCenterActor,
    attempt: DialAttempt | undefined,
  ): Promise<FoundDeskCall | undefined> {
    const live =
      agent.extension === null
        ? []
        : needs.callTracker.ofEndpoints(needs.directory.endpointsOf(agent.extension))
    const call = live.find(({ id }) => id === attempt?.callId) ?? live[0]
    if (call === undefined) return undefined
    const stored = await needs.agentCallStore.find(call.id)
    const view = toAgentCallView(stored ?? unstoredCall(call.id, agent), { kind: 'live', call }, agent)
    const ofAttempt = attempt?.callId === call.id ? attempt : undefined
    const known = ofAttempt ?? stored
    if (known?.leadId || view.direction === 'outbound')
      return found(view, known?.leadId ?? null, known?.campaignId ?? null)
    const lead = await needs.leadLookup.findByNumber(variantsOf(view.fromNumber), scope)
    return found(view, lead?.id ?? null, lead?.campaignId ?? null)
  }

  /** A lead that the dialer gave the agent, before the PBX reports the call or after it has ended. */
  async function findAttempted(by: CallCenterActor, attempt: DialAttempt): Promise<FoundDeskCall> {
    const { callId, leadId, campaignId, number, since } = attempt
    const view = await viewOf(by, callId)
    if (view !== undefined) return found(view, leadId, campaignId)
    const call = {
      id: callId,
      state: 'ringing',
      direction: 'outbound',
      phone: number,
      startedAt: since,
    } as const
    return { call: { ...call, answeredAt: null, endedAt: null }, leadId, campaignId, wrapUp: undefined }
  }

  async function findWrapUp(by: CallCenterActor, nowS: number): Promise<FoundDeskCall | undefined> {
    const { agent } = by
    const last = await needs.store.lastLeadCallOf(agent.id)
    if (last === undefined || last.leadId === null) return undefined
    const until = wrapUpUntil(agent, last, nowS)
    if (until === undefined) return undefined
    if ((await needs.records.findResult({ callId: last.callId, agentId: agent.id })) !== undefined)
      return undefined
    const view = await viewOf(by, last.callId)
    if (view === undefined) return undefined
    const { call, leadId, campaignId } = found(view, last.leadId, last.campaignId)
    return { call: { ...call, state: 'ended' }, leadId, campaignId, wrapUp: { until } }
  }

  async function viewOf(by: CallCenterActor, callId: string): Promise<AgentCallView | undefined> {
    try {
      const { agentCall, source } = await needs.callFinder.find(by, callId)
      return toAgentCallView(agentCall, source, by.agent)
    } catch (err) {
      if (err instanceof Refusal && err.code === 'not_found') return undefined
      throw err
    }
  }

  function variantsOf(number: string): readonly string[] {
    try {
      return needs.policy().variants(number)
    } catch (err) {
      // A caller may show no number, or an alias.
      if (err instanceof Refusal && err.code === 'input_invalid') return []
      throw err
    }
  }
}

/**
 * Until when an agent wraps up a call of a lead.
 * @returns unix seconds; null for no end, as the status `after_call` was set during the call or the wrap-up; undefined
 *   if they do not wrap it up
 */
export function wrapUpUntil(
  { status, statusAt, availableFrom }: Pick<Agent, 'status' | 'statusAt' | 'availableFrom'>,
  call: Pick<AgentCall, 'outcome' | 'createdAt'>,
  nowS: number,
): number | null | undefined {
  // Null: the agent has transferred the call, which goes on.
  const wasReached = call.outcome === 'answered' || call.outcome === null
  if (!wasReached || call.createdAt > availableFrom) return undefined
  if (status === 'after_call' && statusAt >= call.createdAt && statusAt <= availableFrom) return null
  return availableFrom > nowS ? availableFrom : undefined
}

const ENDED = ['completed', 'no_answer', 'busy', 'failed']

function found(view: AgentCallView, leadId: string | null, campaignId: string | null): FoundDeskCall {
  const { callId: id, direction, startedAt, answeredAt, endedAt, status } = view
  const isTalking = status === 'answered' || status === 'bridged'
  return {
    call: {
      id,
      state: ENDED.includes(status) ? 'ended' : isTalking ? 'talking' : 'ringing',
      direction,
      phone: direction === 'outbound' ? view.toNumber : view.fromNumber,
      startedAt,
      answeredAt,
      endedAt,
    },
    leadId,
    campaignId,
    wrapUp: undefined,
  }
}

/** A call that the call center did not place, as `toAgentCallView` reads it. */
const unstoredCall = (callId: string, { id: agentId }: Agent): AgentCall => ({
  ...{ id: '', callId, agentId, leadId: null, campaignId: null },
  ...{ number: '', createdAt: 0, outcome: null },
})
