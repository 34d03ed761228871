import { z } from 'zod'
import { DIAL_STATES, LEAD_STATUSES, type Lead } from './lead.ts'
import type { LeadChange } from './lead-store.ts'
import { nextQueueState } from './queue-state.ts'

/** What an import stores of a lead before it changes it. */
export const LeadBefore = z.object({
  firstName: z.string(),
  lastName: z.string(),
  phone: z.string(),
  number: z.string(),
  email: z.string().nullable(),
  company: z.string().nullable(),
  title: z.string().nullable(),
  status: z.enum(LEAD_STATUSES),
  notes: z.string().nullable(),
  timeZone: z.string().nullable(),
  team: z.string().nullable(),
  agentId: z.string().nullable(),
  campaignId: z.string().nullable(),
  attempts: z.number(),
  dialState: z.enum(DIAL_STATES),
  nextTryAt: z.number(),
  lastCallAt: z.number().nullable(),
})
export type LeadBefore = z.infer<typeof LeadBefore>

/** What an import did to one lead. */
export interface ImportChange {
  leadId: string
  /** Null: the import made the lead. */
  before: LeadBefore | null
  /** Version of the lead after the import's last change. 0: another user changed it between two changes of the import. */
  version: number
}

/** Why an undo leaves a lead as it is. */
export const LEFT_REASONS = ['deleted', 'changed', 'called', 'noted', 'in_call'] as const
export type LeftReason = (typeof LEFT_REASONS)[number]

/** A lead as the undo finds it. */
export interface UndoSubject {
  lead: Lead
  hasNotes: boolean
  /** An agent or a campaign has called it, whatever the outcome. */
  wasCalled: boolean
}

export type UndoStep =
  | { step: 'remove' }
  | { step: 'restore'; changes: LeadChange }
  | { step: 'leave'; reason: LeftReason }

/** A lead that the import made is removed if it is unused; one that it updated gets its members back, if no user changed it since. */
export function decideUndo({ before, version }: ImportChange, found: UndoSubject | undefined): UndoStep {
  if (found === undefined) return { step: 'leave', reason: 'deleted' }
  const { lead, hasNotes, wasCalled } = found
  if (lead.version !== version) return { step: 'leave', reason: 'changed' }
  const isInCall = lead.dialState === 'dialling'
  if (before === null) {
    if (isInCall) return { step: 'leave', reason: 'in_call' }
    if (wasCalled) return { step: 'leave', reason: 'called' }
    if (lead.callback !== null) return { step: 'leave', reason: 'changed' }
    return hasNotes ? { step: 'leave', reason: 'noted' } : { step: 'remove' }
  }
  // The call that is under way belongs to this number and campaign.
  if (isInCall && (before.number !== lead.number || before.campaignId !== lead.campaignId)) {
    return { step: 'leave', reason: 'in_call' }
  }
  const { attempts, dialState, nextTryAt, lastCallAt, ...members } = before
  const wasInQueueSince = lastCallAt !== lead.lastCallAt || isInCall || dialState === 'dialling'
  const queue = wasInQueueSince ? nextQueueState(lead, before) : { attempts, dialState, nextTryAt }
  return { step: 'restore', changes: { ...members, ...queue } }
}
