import type { Scope } from '../agents/scope.ts'
import type { DoNotCallEntry } from './do-not-call.ts'
import type { Lead, LeadNote } from './lead.ts'
import type { LeadCursor, LeadFilter, LeadOrder } from './lead-search.ts'

/** A lead as it begins. */
export type NewLead = Omit<Lead, 'id' | 'lastCallAt' | 'lastOutcome' | 'version' | 'createdAt' | 'updatedAt'>
/** What a person changes, and what follows from it. */
export type LeadChange = Partial<NewLead>

/** What becomes of a lead. */
export interface LeadUpdate {
  changes: LeadChange
  /** Goes on the do-not-call list. */
  doNotCall?: DoNotCallEntry | undefined
}

/** The part of the store that call screens need. */
export interface LeadReader {
  /** @returns undefined also for a lead outside the scope */
  find(id: string, scope: Scope): Promise<Lead | undefined>
}

export interface LeadStore extends LeadReader {
  /** The newest first. */
  listNotes(id: string, limit: number): Promise<LeadNote[]>
  list(
    scope: Scope,
    filter: LeadFilter,
    order: LeadOrder,
    page: { after?: LeadCursor | undefined; limit: number },
  ): Promise<Lead[]>
  add(lead: NewLead, doNotCall: DoNotCallEntry | undefined, now: number): Promise<Lead>
  /**
   * Nobody else changes the lead between `decide` and what it decides.
   * @throws {Refusal} `not_found`, and whatever `decide` throws
   */
  change(id: string, scope: Scope, update: (lead: Lead) => LeadUpdate, now: number): Promise<Lead>
  /** Its notes go with it. @throws {Refusal} as `change` */
  remove(id: string, scope: Scope, check: (lead: Lead) => void): Promise<void>
  /** @throws {Refusal} `not_found` */
  addNote(note: Omit<LeadNote, 'id'>, scope: Scope): Promise<LeadNote>
}
