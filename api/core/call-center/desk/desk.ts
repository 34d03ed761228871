import type { Actor } from '../../actor.ts'
import type { CallOutcome } from '../../calls/call.ts'
import type { Agent, AgentStatus } from '../agents/agent.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import type { Lead, LeadNote } from '../leads/lead.ts'
import type { ListedCallback } from './callback.ts'
import type { Disposition } from './disposition.ts'

/** The call of a desk, from its agent's side. Times are unix seconds. */
export interface DeskCall {
  id: string
  /** `ringing`: one of the two phones rings; `ended`: for this agent, who may have transferred it. */
  state: 'ringing' | 'talking' | 'ended'
  direction: 'inbound' | 'outbound'
  /** Of the other end. */
  phone: string
  startedAt: number
  answeredAt: number | null
  endedAt: number | null
}

/** A call of a lead, as the desk lists the earlier ones. */
export interface EarlierCall {
  id: string
  startedAt: number
  agentName: string | null
  outcome: CallOutcome | null
  /** Seconds; null if unknown. */
  talked: number | null
  /** Name of the disposition that the agent gave it. */
  disposition: string | null
}

export interface DeskLead {
  lead: Lead
  /** The zone in which callbacks of the lead are read. */
  timeZone: string
  callback: ListedCallback | null
  /** Newest first, without the one that is being written. */
  notes: readonly (LeadNote & { agentName: string | null })[]
  lastCalls: readonly EarlierCall[]
}

/** What an agent works with. */
export interface DeskState {
  agent: Agent
  /** Null if the agent is free of it now. Unix seconds. */
  availableFrom: number | null
  call: DeskCall | null
  /** The lead in the call, or in the wrap-up. */
  lead: DeskLead | null
  /** The campaign of the call. */
  campaign:
    | (Pick<Campaign, 'id' | 'name'> & {
        script: string
        dispositions: readonly Disposition[]
        hasDefaultDispositions: boolean
      })
    | null
  /** `until` in unix seconds; null: until the agent ends it, as their status is `after_call`. */
  wrapUp: { until: number | null; callId: string; leadId: string } | null
  /** The note of the call; revision 0 while none is stored. Null without a call of a lead. */
  note: { text: string; revision: number } | null
  /** The next ones of this agent. */
  callbacks: readonly ListedCallback[]
}

export interface DraftNote {
  callId: string
  leadId: string
  text: string
  /** The revision that the client has read; 0 for none. */
  revision: number
}

export interface CallResultRequest {
  callId: string
  leadId: string
  /** Key of a disposition. */
  disposition: string
  /** Replaces the draft. */
  note?: string | undefined
  /** The revision of the draft that the client has read; undefined replaces any. */
  noteRevision?: number | undefined
  callback?: { at: string; timeZone?: string | undefined; isOwn: boolean } | undefined
  next: 'ready' | 'break'
}

/** The desk of the acting user; others' desks are not reached. */
export interface Desk {
  /** @throws {Refusal} `token_revoked`, `unavailable` */
  find(actor: Actor): Promise<DeskState>
  /** @param reason of a break */
  setStatus(actor: Actor, status: AgentStatus, reason: string | null): Promise<DeskState>
  /**
   * Stores the note of a call while it is being written, as a note of the lead.
   * @returns the new revision
   * @throws {Refusal} `stale` if another client has written since, `not_found` for a call that is not the agent's, `conflict` if
   *   the call has a note of another lead
   */
  saveNote(actor: Actor, note: DraftNote): Promise<number>
  /**
   * Stores the result of a call, once: the same result again changes the note, and completes what failed the first time.
   * @throws {Refusal} `conflict` if the call has another result; `stale` for the note, and nothing is stored;
   *   `not_found`, `input_invalid`
   */
  saveResult(actor: Actor, result: CallResultRequest): Promise<DeskState>
}
