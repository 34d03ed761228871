import type { CallOutcome } from '../../calls/call.ts'
import type { Agent, AgentStatus } from '../agents/agent.ts'
import type { Scope } from '../agents/scope.ts'

/** Unix seconds; `until` is exclusive. A call belongs to the range in which it started. */
export interface TimeRange {
  from: number
  until: number
}

/** Status and phone of an agent. */
export interface AgentPresence {
  status: AgentStatus
  extension: string | null
}

/** Calls of one campaign, or of none, with one outcome. Calls in progress, or never reported by the PBX, have none. */
export interface CampaignCallCounts {
  campaignId: string | null
  outcome: CallOutcome | null
  calls: number
  /** Calls answered by an agent of the scope. If several phones ring, a phone outside the scope may answer. */
  answered: number
  /** Seconds from answer to end, of the answered calls. */
  talked: number
}

export interface AgentCallCounts {
  calls: number
  /** Calls answered on the agent's phone; of calls the agent made, those that were answered at the far end. */
  answered: number
  /** Incoming calls that were not answered. */
  missed: number
  /** Seconds from answer to end, of the answered calls. */
  talked: number
}

/**
 * Counts calls of agents: calls of the history in which their phone was, and calls that they requested and the PBX
 * never placed. A call counts once, also if several of the agents were in it.
 *
 * - Outcome: the history's; for a lead's call that only the dialplan answered, the outcome that `outcomeForLead` gave
 *   the agent call; without a record in the history, that of the agent call, then that of the placed call.
 * - Answered: the outcome is `answered`, and by the history one of the agents answered. (If the history does not list
 *   the agents as parties, the outcome alone decides.)
 * - Missed: the call is in the history, its outcome is neither `answered` nor `unknown`, and the agent did not make it.
 */
export interface CallStatsStore {
  /** Agents of a scope with a user that is not disabled. */
  listPresences(scope: Scope): Promise<AgentPresence[]>
  countByCampaign(scope: Scope, span: TimeRange): Promise<CampaignCallCounts[]>
  countForAgent(agent: Pick<Agent, 'id' | 'userId'>, span: TimeRange): Promise<AgentCallCounts>
}
