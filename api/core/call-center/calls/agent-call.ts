import type { CallOutcome } from '../../calls/call.ts'

/** A call of an agent, and whom it was for. */
export interface AgentCall {
  /** A number of our own, as clients want one. */
  id: string
  callId: string
  agentId: string
  leadId: string | null
  campaignId: string | null
  /** As it was asked for. */
  number: string
  createdAt: number
  /** Once it is known to be over. */
  outcome: CallOutcome | null
}

export interface AgentCallStore {
  add(call: Omit<AgentCall, 'id' | 'outcome'>): Promise<AgentCall>
  /** Adds it unless it is there. @returns the one that is */
  addIfMissing(call: Omit<AgentCall, 'id' | 'outcome'>): Promise<AgentCall>
  /** @param id ours or the call's own */
  find(id: string): Promise<AgentCall | undefined>
  /** Our ids of calls, by the calls' own; those that are not there are left out. */
  findIds(callIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  finish(callId: string, outcome: CallOutcome): Promise<void>
  /** Nothing was dialled. */
  delete(callId: string): Promise<void>
}
