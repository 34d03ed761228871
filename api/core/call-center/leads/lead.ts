import type { CallOutcome } from '../../calls/call.ts'

export const LEAD_STATUSES = ['new', 'contacted', 'qualified', 'converted', 'lost', 'do_not_call'] as const
export type LeadStatus = (typeof LEAD_STATUSES)[number]

/**
 * A lead's place in its campaign's queue: `idle` in none, `waiting` for its turn, `dialling` in a call that is not
 * known to be over, `done` reached or given up.
 */
export const DIAL_STATES = ['idle', 'waiting', 'dialling', 'done'] as const
export type DialState = (typeof DIAL_STATES)[number]

/** Somebody to be called. Ids are decimal strings, times unix seconds. */
export interface Lead {
  id: string
  firstName: string
  lastName: string
  /** As it was written. */
  phone: string
  /** The same as `DialPolicy.spell` has it: what lists are compared by. */
  number: string
  email: string | null
  company: string | null
  title: string | null
  status: LeadStatus
  notes: string | null
  /** IANA name; null for the campaign's. */
  timeZone: string | null
  team: string | null
  agentId: string | null
  campaignId: string | null
  /** Calls in this campaign that reached the lead's side, whatever came of them. */
  attempts: number
  lastCallAt: number | null
  lastOutcome: CallOutcome | null
  dialState: DialState
  nextTryAt: number
  /** Rises with each change that a person makes. */
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
