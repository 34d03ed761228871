import type { Call, CallState, Outcome } from '../../calls/call.ts'
import type { CallFact } from './call-source.ts'

/** How a call is, in the words of the call centre. */
export const DESK_STATUSES = [
  'initiated',
  'ringing',
  'answered',
  'bridged',
  'completed',
  'no_answer',
  'busy',
  'failed',
] as const
export type DeskStatus = (typeof DESK_STATUSES)[number]

/** The agent's own phone rings first, so their "no answer" is one as well; who gave up waiting was not answered. */
const AFTER: Record<Exclude<Outcome, 'unknown'>, DeskStatus> = {
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

const DURING: Record<Exclude<CallState, 'ended' | 'up' | 'held'>, DeskStatus> = {
  dialling: 'initiated',
  ringing: 'ringing',
  parked: 'answered',
}

/** @param wasAnswered decides where nobody listened as it ended */
export const statusAfter = (outcome: Outcome, wasAnswered: boolean): DeskStatus =>
  outcome === 'unknown' ? (wasAnswered ? 'completed' : 'failed') : AFTER[outcome]

export function statusOf(fact: CallFact): DeskStatus {
  if (fact.known === 'asked') return fact.outcome === null ? 'initiated' : statusAfter(fact.outcome, false)
  if (fact.known === 'record') return statusAfter(fact.record.outcome, fact.record.answeredAt !== null)
  const { call } = fact
  if (call.state === 'ended') return statusAfter(call.outcome ?? 'unknown', call.answeredAt !== undefined)
  if (call.state === 'up' || call.state === 'held') return twoTalk(call) ? 'bridged' : 'answered'
  return DURING[call.state]
}

/** Somebody may talk with the PBX alone: a menu, a queue's music. */
function twoTalk({ legs }: Call): boolean {
  const bridges = legs.flatMap(({ state, bridge }) =>
    state === 'up' && bridge !== undefined ? [bridge] : [],
  )
  return new Set(bridges).size < bridges.length
}
