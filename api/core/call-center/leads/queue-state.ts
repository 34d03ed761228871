import type { Lead, LeadStatus } from './lead.ts'

/** Nothing is left to call for. */
export const CLOSED_STATUSES: readonly LeadStatus[] = ['converted', 'lost', 'do_not_call']

type QueueState = Pick<Lead, 'dialState' | 'attempts' | 'nextTryAt'>

/** Where a lead begins in its campaign's queue. */
export function initialQueueState({ campaignId, status }: Pick<Lead, 'campaignId' | 'status'>): QueueState {
  const dialState = campaignId === null ? 'idle' : CLOSED_STATUSES.includes(status) ? 'done' : 'waiting'
  return { dialState, attempts: 0, nextTryAt: 0 }
}

/**
 * Where it goes when somebody changes its campaign or status. What is in a call stays there: who ends the call
 * sees the status then.
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
