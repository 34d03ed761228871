import type { Scope } from '../agents/scope.ts'
import type { DoNotCallEntry } from './do-not-call.ts'
import type { Lead, LeadNote } from './lead.ts'
import type { LeadFilter, LeadOrder, LeadPage } from './lead-search.ts'

/** A lead before it is stored. */
export type NewLead = Omit<
  Lead,
  'id' | 'lastCallAt' | 'lastOutcome' | 'callback' | 'version' | 'createdAt' | 'updatedAt'
>
/** Members that change, those that follow from other changes included. */
export type LeadChange = Partial<NewLead & Pick<Lead, 'callback'>>

/** Result of a decision about a lead. */
export interface LeadUpdate {
  changes: LeadChange
  /** Added to the do-not-call list. */
  doNotCall?: DoNotCallEntry | undefined
  /**
   * Of a lead in a call: its state in the queue once the call is over, whatever the call's outcome; null: the outcome
   * decides again.
   */
  afterCall?:
    | { state: 'waiting' | 'done'; nextTryAt: number /** Undefined: of any call. */; callId?: string }
    | null
    | undefined
}

/** The part of the store that call screens need. */
export interface LeadReader {
  /** @returns undefined also for a lead outside the scope */
  find(id: string, scope: Scope): Promise<Lead | undefined>
}

export interface LeadStore extends LeadReader {
  /** Newest first. */
  listNotes(id: string, limit: number): Promise<LeadNote[]>
  list(scope: Scope, filter: LeadFilter, order: LeadOrder, page: LeadPage): Promise<Lead[]>
  /** @param max counts no further than one more than this */
  count(scope: Scope, filter: LeadFilter, max: number): Promise<number>
  add(lead: NewLead, doNotCall: DoNotCallEntry | undefined, now: number): Promise<Lead>
  /**
   * Locks the lead, calls `update` and stores its result, in one transaction.
   * @throws {Refusal} `not_found`, and what `update` throws
   */
  change(id: string, scope: Scope, update: (lead: Lead) => LeadUpdate, now: number): Promise<Lead>
  /** Deletes the lead and its notes. @throws {Refusal} as `change` */
  remove(id: string, scope: Scope, check: (lead: Lead) => void): Promise<void>
  /** @throws {Refusal} `not_found` */
  addNote(note: Omit<LeadNote, 'id'>, scope: Scope): Promise<LeadNote>
}
