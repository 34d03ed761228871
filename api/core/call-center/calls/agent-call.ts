import type { CallOutcome } from '../../calls/call.ts'

/** A call of an agent, with its lead and campaign. */
export interface AgentCall {
  /** Row id, a decimal string: the CRM surface has numeric ids. */
  id: string
  /** Id of the call at the PBX. */
  callId: string
  agentId: string
  leadId: string | null
  campaignId: string | null
  /** As requested. */
  number: string
  /** Unix seconds. */
  createdAt: number
  /** Null until the call is known to be over. */
  outcome: CallOutcome | null
}

export interface AgentCallStore {
  add(call: Omit<AgentCall, 'id' | 'outcome'>): Promise<AgentCall>
  /** @returns the stored call with this `callId`, added if it was missing */
  addIfMissing(call: Omit<AgentCall, 'id' | 'outcome'>): Promise<AgentCall>
  /** @param id `id` or `callId` */
  find(id: string): Promise<AgentCall | undefined>
  /** `id` by `callId`; calls that are not stored are left out. */
  findIds(callIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Stores the outcome, unless the call has one. */
  finish(callId: string, outcome: CallOutcome): Promise<void>
  /** For a call that was not dialed. */
  delete(callId: string): Promise<void>
}
