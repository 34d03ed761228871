import type { Outcome } from '../../calls/call.ts'
import { isOurs } from '../../calls/call-id.ts'
import type { Agent } from '../agents/agent.ts'
import type { DeskCall } from './agent-call.ts'
import { type DeskStatus, statusAfter, statusOf } from './agent-call-status.ts'
import type { CallFact } from './call-source.ts'

/** A call as the call centre sees it. Times are unix seconds. */
export interface DeskView extends Pick<DeskCall, 'id' | 'callId' | 'agentId' | 'leadId' | 'campaignId'> {
  direction: 'inbound' | 'outbound'
  status: DeskStatus
  fromNumber: string
  toNumber: string
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
  /** Seconds from start to end, and from answer to end; null while it lasts. */
  duration: number | null
  talked: number | null
  outcome: Outcome | null
  /** Relative to the media root, where it was recorded. */
  recording: string | null
}

/** @param agent whose call it is: what one calls in the house, another is called by */
export function viewOf(row: DeskCall, fact: CallFact, agent: Pick<Agent, 'extension'> | undefined): DeskView {
  const { id, callId, agentId, leadId, campaignId } = row
  const told = toldOf(fact, agent)
  const missed = missedLead(row, told)
  return {
    id,
    callId,
    agentId,
    leadId,
    campaignId,
    ...told,
    ...(missed === undefined ? {} : { answeredAt: null, talked: 0 }),
    status: missed === undefined ? statusOf(fact) : statusAfter(missed, false),
    outcome: missed ?? told.outcome ?? row.outcome,
    direction: directionOf(callId, fact, told.fromNumber, agent),
  }
}

/** What became of a lead's call that is `answered` for the history, as the dialplan itself talked to the agent. */
const missedLead = ({ leadId, outcome }: DeskCall, told: Told): Outcome | undefined =>
  leadId !== null && told.outcome === 'answered' && outcome !== null && outcome !== 'answered'
    ? outcome
    : undefined

function directionOf(
  callId: string,
  fact: CallFact,
  from: string,
  agent: Pick<Agent, 'extension'> | undefined,
): DeskView['direction'] {
  if (isOurs(callId) || fact.known === 'asked') return 'outbound'
  const { direction } = fact.known === 'call' ? fact.call : fact.record
  const isTheirs = direction === 'outgoing' || (direction === 'internal' && from === agent?.extension)
  return isTheirs ? 'outbound' : 'inbound'
}

type Told = Omit<DeskView, 'id' | 'callId' | 'agentId' | 'leadId' | 'campaignId' | 'status' | 'direction'>

function toldOf(fact: CallFact, agent: Pick<Agent, 'extension'> | undefined): Told {
  if (fact.known === 'record') {
    const { fromNumber, toNumber, startedAt, answeredAt, endedAt } = fact.record
    const { duration, billable: talked, outcome, recordings } = fact.record
    const recording = recordings[0] ?? null
    return { fromNumber, toNumber, startedAt, answeredAt, endedAt, duration, talked, outcome, recording }
  }
  if (fact.known === 'asked') {
    return {
      fromNumber: agent?.extension ?? '',
      toNumber: fact.number,
      startedAt: fact.createdAt,
      answeredAt: null,
      endedAt: null,
      duration: null,
      talked: null,
      outcome: fact.outcome,
      recording: null,
    }
  }
  const { from, to, outcome = null } = fact.call
  const startedAt = secondsOf(fact.call.startedAt)
  const answeredAt = fact.call.answeredAt === undefined ? null : secondsOf(fact.call.answeredAt)
  const endedAt = fact.call.endedAt === undefined ? null : secondsOf(fact.call.endedAt)
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

/** Whole ones, as in the history: a call's times do not change when it is over. */
const secondsOf = (microseconds: number) => Math.floor(microseconds / 1_000_000)
