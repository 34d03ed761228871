import type { Outcome } from '../../calls/call.ts'

/** A call of an agent, and whom it was for. */
export interface DeskCall {
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
  outcome: Outcome | null
}

export interface CallLog {
  add(call: Omit<DeskCall, 'id' | 'outcome'>): Promise<DeskCall>
  /** Adds it unless it is there. @returns the one that is */
  note(call: Omit<DeskCall, 'id' | 'outcome'>): Promise<DeskCall>
  /** @param id ours or the call's own */
  find(id: string): Promise<DeskCall | undefined>
  /** Our ids of calls, by the calls' own; those that are not there are left out. */
  idsOf(callIds: readonly string[]): Promise<ReadonlyMap<string, string>>
  finish(callId: string, outcome: Outcome): Promise<void>
  /** Nothing was dialled. */
  forget(callId: string): Promise<void>
}
