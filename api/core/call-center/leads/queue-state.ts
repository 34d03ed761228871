import type { Lead, LeadStatus } from './lead.ts'

/** A lead in one of these is not called any more. */
export const CLOSED_STATUSES: readonly LeadStatus[] = ['converted', 'lost', 'do_not_call']

type QueueState = Pick<Lead, 'dialState' | 'attempts' | 'nextTryAt'>

/** Queue state of a new lead, or of a lead that joins a campaign. */
export function initialQueueState({ campaignId, status }: Pick<Lead, 'campaignId' | 'status'>): QueueState {
  const dialState = campaignId === null ? 'idle' : CLOSED_STATUSES.includes(status) ? 'done' : 'waiting'
  return { dialState, attempts: 0, nextTryAt: 0 }
}

/**
 * Queue state after a change of campaign or status. A lead in a call keeps its state until the call ends; the status is
 * read then.
 */
export function nextQueueState(
  lead: Pick<Lead, 'campaignId' | 'status' | 'dialState'>,
  next: Pick<Lead, 'campaignId' | 'status'>,
): Partial<QueueState> {
  if (next.campaignId !== lead.campaignId) return initialQueueState(next)
  if (lead.dialState === 'dialling' || next.campaignId === null || next.status === lead.status) return {}
  if (CLOSED_STATUSES.includes(next.status)) return { dialState: 'done' }
  return next.status === 'new' ? initialQueueState(next) : {}
}
