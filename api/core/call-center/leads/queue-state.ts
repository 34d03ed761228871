import type { Lead, LeadStatus } from './lead.ts'

/** Nothing is left to call for. */
const CLOSED: readonly LeadStatus[] = ['converted', 'lost', 'do_not_call']

type Place = Pick<Lead, 'dialState' | 'attempts' | 'nextTryAt'>

/** Where a lead begins in its campaign's queue. */
export function firstPlace({ campaignId, status }: Pick<Lead, 'campaignId' | 'status'>): Place {
  const dialState = campaignId === null ? 'idle' : CLOSED.includes(status) ? 'done' : 'waiting'
  return { dialState, attempts: 0, nextTryAt: 0 }
}

/**
 * Where it goes when somebody changes its campaign or status. What is in a call stays there: who ends the call
 * sees the status then.
 */
export function nextPlace(
  lead: Pick<Lead, 'campaignId' | 'status' | 'dialState'>,
  next: Pick<Lead, 'campaignId' | 'status'>,
): Partial<Place> {
  if (next.campaignId !== lead.campaignId) return firstPlace(next)
  if (lead.dialState === 'dialling' || next.campaignId === null || next.status === lead.status) return {}
  if (CLOSED.includes(next.status)) return { dialState: 'done' }
  return next.status === 'new' ? firstPlace(next) : {}
}
