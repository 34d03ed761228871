import type { CallOutcome } from '../../calls/call.ts'
import type { Agent, AgentStatus } from '../agents/agent.ts'
import type { Scope } from '../agents/scope.ts'

/** Unix seconds; `until` is not included. A call counts by its start. */
export interface TimeRange {
  from: number
  until: number
}

/** Somebody who takes calls. */
export interface AgentPresence {
  status: AgentStatus
  extension: string | null
}

/** Calls of one campaign, or of none, that ended alike; those that last, or never were told of, have no outcome. */
export interface CampaignCallCounts {
  campaignId: string | null
  outcome: CallOutcome | null
  calls: number
  /** By one of them: where many phones ring, somebody else's may be picked up. */
  answered: number
  /** Seconds from answer to end, of those that they answered. */
  talked: number
}

export interface AgentCallCounts {
  calls: number
  /** By their own phone. */
  answered: number
  /** Somebody called the agent, and nobody answered. */
  missed: number
  /** Seconds from answer to end, of those that they answered. */
  talked: number
}

/**
 * Counts calls of agents: those of the history that a phone of theirs was in, and those they made that the PBX
 * never had. Each counts once, however many of them were in it.
 */
export interface CallStatsStore {
  /** People who may log in, in a scope. */
  listPresences(scope: Scope): Promise<AgentPresence[]>
  countByCampaign(scope: Scope, span: TimeRange): Promise<CampaignCallCounts[]>
  countForAgent(agent: Pick<Agent, 'id' | 'userId'>, span: TimeRange): Promise<AgentCallCounts>
}
