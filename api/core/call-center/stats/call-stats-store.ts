import type { Outcome } from '../../calls/call.ts'
import type { Agent, AgentStatus } from '../agents/agent.ts'
import type { Scope } from '../agents/scope.ts'

/** Unix seconds; `until` is not included. A call counts by its start. */
export interface Span {
  from: number
  until: number
}

/** Somebody who takes calls. */
export interface CrewMember {
  status: AgentStatus
  extension: string | null
}

/** Calls of one campaign, or of none, that ended alike; those that last, or never were told of, have no outcome. */
export interface Tally {
  campaignId: string | null
  outcome: Outcome | null
  calls: number
  /** By one of them: where many phones ring, somebody else's may be picked up. */
  answered: number
  /** Seconds from answer to end, of those that they answered. */
  talked: number
}

export interface AgentTally {
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
export interface DeskStatsStore {
  /** People who may log in, in a scope. */
  crew(scope: Scope): Promise<CrewMember[]>
  tally(scope: Scope, span: Span): Promise<Tally[]>
  ofAgent(agent: Pick<Agent, 'id' | 'userId'>, span: Span): Promise<AgentTally>
}
