import type { Lead, LeadStatus } from './lead.ts'

/** A lead in one of these is not called any more. */
export const CLOSED_STATUSES: readonly LeadStatus[] = ['converted', 'lost', 'do_not_call']

type QueueState = Pick<Lead, 'dialState' | 'attempts' | 'nextTryAt'>

/** A lead that is not called any more has no callback, and one that begins anew has it in its new queue. */
type QueueChange = Partial<QueueState & Pick<Lead, 'callback'>>

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
  lead: Pick<Lead, 'campaignId' | 'status' | 'dialState' | 'callback'>,
  next: Pick<Lead, 'campaignId' | 'status'>,
): QueueChange {
  const isClosed = CLOSED_STATUSES.includes(next.status)
  const noCallback = isClosed && lead.callback !== null ? { callback: null } : {}
  if (next.campaignId !== lead.campaignId) return { ...restartedQueueState(lead, next), ...noCallback }
  if (next.status === lead.status) return {}
  if (lead.dialState === 'dialling' || next.campaignId === null) return noCallback
  if (isClosed) return { dialState: 'done', ...noCallback }
  return next.status === 'new' ? restartedQueueState(lead, next) : {}
}

/** The campaign calls a lead that begins anew at its callback, if it has one, and not before. */
function restartedQueueState(
  { callback }: Pick<Lead, 'callback'>,
  next: Pick<Lead, 'campaignId' | 'status'>,
): QueueChange {
  const state = initialQueueState(next)
  return callback === null
    ? state
    : { ...state, nextTryAt: callback.at, callback: { ...callback, attemptsBefore: 0 } }
}
