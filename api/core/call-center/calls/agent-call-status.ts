import type { Call, CallOutcome, CallState } from '../../calls/call.ts'
import type { CallSource } from './call-source.ts'

/** The status of a call, as the CRM surface names it. */
export const AGENT_CALL_STATUSES = [
  'initiated',
  'ringing',
  'answered',
  'bridged',
  'completed',
  'no_answer',
  'busy',
  'failed',
] as const
export type AgentCallStatus = (typeof AGENT_CALL_STATUSES)[number]

/**
 * The agent's own phone rings first: if it is not answered, the call is `no_answer` as well. So is a call that the
 * caller cancelled while it rang.
 */
const STATUS_BY_OUTCOME: Record<Exclude<CallOutcome, 'unknown'>, AgentCallStatus> = {
  answered: 'completed',
  busy: 'busy',
  own_busy: 'busy',
  declined: 'busy',
  own_declined: 'busy',
  no_answer: 'no_answer',
  own_no_answer: 'no_answer',
  cancelled: 'no_answer',
  unavailable: 'failed',
  own_unavailable: 'failed',
  congestion: 'failed',
  unknown_number: 'failed',
  failed: 'failed',
}

const STATUS_BY_STATE: Record<Exclude<CallState, 'ended' | 'up' | 'held'>, AgentCallStatus> = {
  dialling: 'initiated',
  ringing: 'ringing',
  parked: 'answered',
}

/** @param wasAnswered decides if the outcome is unknown, because no API was connected to the PBX when the call ended */
export const statusForOutcome = (outcome: CallOutcome, wasAnswered: boolean): AgentCallStatus =>
  outcome === 'unknown' ? (wasAnswered ? 'completed' : 'failed') : STATUS_BY_OUTCOME[outcome]

export function agentCallStatus(source: CallSource): AgentCallStatus {
  if (source.kind === 'requested')
    return source.outcome === null ? 'initiated' : statusForOutcome(source.outcome, false)
  if (source.kind === 'record')
    return statusForOutcome(source.record.outcome, source.record.answeredAt !== null)
  const { call } = source
  if (call.state === 'ended')
    return statusForOutcome(call.outcome ?? 'unknown', call.answeredAt !== undefined)
  if (call.state === 'up' || call.state === 'held') return isBridged(call) ? 'bridged' : 'answered'
  return STATUS_BY_STATE[call.state]
}

/** Whether two parties are connected. Otherwise the PBX alone answered: a menu, a queue's music. */
function isBridged({ legs }: Call): boolean {
  const bridges = legs.flatMap(({ state, bridge }) =>
    state === 'up' && bridge !== undefined ? [bridge] : [],
  )
  return new Set(bridges).size < bridges.length
}
