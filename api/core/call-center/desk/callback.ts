import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Callback, Lead } from '../leads/lead.ts'

/** A callback with its lead, as lists show it. */
export interface ListedCallback {
  lead: Pick<Lead, 'id' | 'firstName' | 'lastName' | 'phone' | 'status' | 'campaignId'>
  callback: Callback
  agentName: string
  campaignName: string | null
  /** When the dialer may call within the campaign's hours, unix seconds; null without a campaign or open hours. */
  callsAt: number | null
}

/** Points after a callback, by time. */
export interface CallbackCursor {
  at: number
  leadId: string
}

export interface CallbackRequest {
  /** Local time, `2026-12-01T10:00`. */
  at: string
  /** IANA name; by default the lead's, else its campaign's, else that of the settings. */
  timeZone?: string | undefined
  isOwn: boolean
}

/** Callbacks of the leads that a user may see. */
export interface Callbacks {
  /**
   * Replaces the one before.
   * @throws {Refusal} `not_found`, `input_invalid`, `conflict` for a lead that is not to be called
   */
  set(by: CallCenterActor, leadId: string, request: CallbackRequest): Promise<ListedCallback>
  /** The lead then waits or is done as if it had had none. @throws {Refusal} `not_found` */
  remove(by: CallCenterActor, leadId: string): Promise<void>
  /**
   * By time, the next one first.
   * @param filter `agentId`: those that this agent agreed
   * @throws {Refusal} `not_found` for an agent outside the scope
   */
  list(
    by: CallCenterActor,
    filter: { agentId?: string | undefined },
    page: { after?: CallbackCursor | undefined; limit: number },
  ): Promise<{ callbacks: ListedCallback[]; total: number }>
}
