import type { CallOutcome } from '../../calls/call.ts'
import { isApiCall } from '../../calls/call-id.ts'
import type { Agent } from '../agents/agent.ts'
import type { AgentCall } from './agent-call.ts'
import { type AgentCallStatus, agentCallStatus, statusForOutcome } from './agent-call-status.ts'
import type { CallSource } from './call-source.ts'

/** A call from its agent's side. Times are unix seconds. */
export interface AgentCallView
  extends Pick<AgentCall, 'id' | 'callId' | 'agentId' | 'leadId' | 'campaignId'> {
  direction: 'inbound' | 'outbound'
  status: AgentCallStatus
  fromNumber: string
  toNumber: string
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  /** Seconds from start to end, and from answer to end; null while the call lasts. */
  duration: number | null
  talked: number | null
  outcome: CallOutcome | null
  /** Path relative to the media root; null if the call was not recorded. */
  recording: string | null
}

/** @param agent the agent of the call: an internal call is outbound for one party and inbound for the other */
export function toAgentCallView(
  agentCall: AgentCall,
  source: CallSource,
  agent: Pick<Agent, 'extension'> | undefined,
): AgentCallView {
  const { id, callId, agentId, leadId, campaignId } = agentCall
  const details = detailsOf(source, agent)
  const unreached = unreachedOutcome(agentCall, details)
  return {
    id,
    callId,
    agentId,
    leadId,
    campaignId,
    ...details,
    ...(unreached === undefined ? {} : { answeredAt: null, talked: 0 }),
    status: unreached === undefined ? agentCallStatus(source) : statusForOutcome(unreached, false),
    outcome: unreached ?? details.outcome ?? agentCall.outcome,
    direction: directionOf(callId, source, details.fromNumber, agent),
  }
}

/** The outcome of a lead's call that is `answered` only in the history, because the dialplan played to the agent. */
const unreachedOutcome = ({ leadId, outcome }: AgentCall, details: SourceDetails): CallOutcome | undefined =>
  leadId !== null && details.outcome === 'answered' && outcome !== null && outcome !== 'answered'
    ? outcome
    : undefined

function directionOf(
  callId: string,
  source: CallSource,
  from: string,
  agent: Pick<Agent, 'extension'> | undefined,
): AgentCallView['direction'] {
  if (isApiCall(callId) || source.kind === 'requested') return 'outbound'
  const { direction } = source.kind === 'live' ? source.call : source.record
  const isOwn = direction === 'outgoing' || (direction === 'internal' && from === agent?.extension)
  return isOwn ? 'outbound' : 'inbound'
}

type SourceDetails = Omit<
  AgentCallView,
  'id' | 'callId' | 'agentId' | 'leadId' | 'campaignId' | 'status' | 'direction'
>

function detailsOf(source: CallSource, agent: Pick<Agent, 'extension'> | undefined): SourceDetails {
  if (source.kind === 'record') {
    const { fromNumber, toNumber, startedAt, answeredAt, endedAt } = source.record
    const { duration, billable: talked, outcome, recordings } = source.record
    const recording = recordings[0] ?? null
    return { fromNumber, toNumber, startedAt, answeredAt, endedAt, duration, talked, outcome, recording }
  }
  if (source.kind === 'requested') {
    return {
      fromNumber: agent?.extension ?? '',
      toNumber: source.number,
      startedAt: source.createdAt,
      answeredAt: null,
      endedAt: null,
      duration: null,
      talked: null,
      outcome: source.outcome,
      recording: null,
    }
  }
  const { from, to, outcome = null } = source.call
  const startedAt = secondsOf(source.call.startedAt)
  const answeredAt = source.call.answeredAt === undefined ? null : secondsOf(source.call.answeredAt)
  const endedAt = source.call.endedAt === undefined ? null : secondsOf(source.call.endedAt)
  return {
    fromNumber: from.number,
    toNumber: to.number,
    startedAt,
    answeredAt,
    endedAt,
    duration: endedAt === null ? null : endedAt - startedAt,
    talked: endedAt === null ? null : answeredAt === null ? 0 : endedAt - answeredAt,
    outcome,
    recording: null,
  }
}

/** Rounded down, as in the history: a call's times stay the same when it is over. */
const secondsOf = (microseconds: number) => Math.floor(microseconds / 1_000_000)
