import type { CallOutcome } from '../../calls/call.ts'

export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'converted', 'lost', 'do_not_call'] as const
export type LeadStatus = (typeof LEAD_STATUSES)[number]

/**
 * State of a lead in its campaign's queue: `idle` without a campaign, `waiting` to be called, `dialling` in a call
 * that has not ended yet, `done` reached or given up.
 */
export const DIAL_STATES = ['idle', 'waiting', 'dialling', 'done'] as const
export type DialState = (typeof DIAL_STATES)[number]

/** A time at which a lead wants to be called. A lead has one at most. */
export interface Callback {
  /** Unix seconds. No campaign calls the lead before. */
  at: number
  /** IANA name: the lead's place when the time was agreed. */
  timeZone: string
  /** Who agreed it. */
  agentId: string
  /** Whether only this agent calls, while they work in the campaign. */
  isOwn: boolean
  /** The lead's attempts before: the campaign's maximum counts from here. */
  attemptsBefore: number
}

/** A contact to be called. Ids are decimal strings, times unix seconds. */
export interface Lead {
  id: string
  firstName: string
  lastName: string
  /** As written. */
  phone: string
  /** `phone` as `DialPolicy.normalize` returns it; duplicates are found by it. */
  number: string
  email: string | null
  company: string | null
  title: string | null
  status: LeadStatus
  notes: string | null
  /** IANA name; null: the campaign's time zone. */
  timeZone: string | null
  team: string | null
  agentId: string | null
  campaignId: string | null
  /** Calls of this campaign that reached the lead's side, with any outcome. */
  attempts: number
  lastCallAt: number | null
  lastOutcome: CallOutcome | null
  dialState: DialState
  nextTryAt: number
  callback: Callback | null
  /** Incremented by each change that a person makes. */
  version: number
  createdAt: number
  updatedAt: number
}

export interface LeadNote {
  id: string
  leadId: string
  agentId: string | null
  content: string
  createdAt: number
}
