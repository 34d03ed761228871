import type { CampaignRules } from '../campaigns/campaign.ts'
import type { Callback, Lead } from '../leads/lead.ts'
import { applyInput, type NumberNormalizer } from '../leads/lead-input.ts'
import type { LeadUpdate } from '../leads/lead-store.ts'
import { CLOSED_STATUSES } from '../leads/queue-state.ts'
import type { Disposition } from './disposition.ts'

export interface ResultContext {
  callId: string
  /** Of the call; null for a call outside of campaigns. */
  campaignId: string | null
  /** Of the lead's campaign, if it has one. */
  rules: CampaignRules | undefined
  /** Set if the effect of the disposition is `callback`. */
  callback: Omit<Callback, 'attemptsBefore'> | undefined
  policy: NumberNormalizer
  now: number
}

/**
 * The effect of a call's result on its lead. A lead in a call takes its new state in the queue when the call is over. A
 * lead that has changed campaign since the call stays in its queue, unless it is not to be called any more.
 */
export function applyResult(
  lead: Lead,
  { effect, leadStatus }: Pick<Disposition, 'effect' | 'leadStatus'>,
  context: ResultContext,
): LeadUpdate {
  const status = effect === 'do_not_call' ? 'do_not_call' : (leadStatus ?? lead.status)
  const { doNotCall } = applyInput(lead, { status }, {}, context.policy)
  const isClosed = CLOSED_STATUSES.includes(status)
  const isSameQueue = context.campaignId === null || context.campaignId === lead.campaignId
  if (!isSameQueue && !isClosed) return { changes: { status }, doNotCall }
  const callback =
    effect === 'callback' && !isClosed && context.callback !== undefined
      ? { ...context.callback, attemptsBefore: attemptsMade(lead) }
      : null
  const changes = { status, callback }
  if (lead.campaignId === null) return { changes, doNotCall }
  const next = isClosed
    ? ({ state: 'done', nextTryAt: context.now } as const)
    : nextInQueue(lead, callback, effect, context)
  return {
    ...(lead.dialState === 'dialling'
      ? { changes, afterCall: { ...next, callId: context.callId } }
      : { changes: { ...changes, dialState: next.state, nextTryAt: next.nextTryAt } }),
    doNotCall,
  }
}

function nextInQueue(
  lead: Lead,
  callback: Callback | null,
  effect: Disposition['effect'],
  { rules, now }: Pick<ResultContext, 'rules' | 'now'>,
): { state: 'waiting' | 'done'; nextTryAt: number } {
  if (callback !== null) return { state: 'waiting', nextTryAt: callback.at }
  const attempts = attemptsMade(lead) - (lead.callback?.attemptsBefore ?? 0)
  if (effect === 'retry' && rules !== undefined && attempts < rules.maxAttempts)
    return { state: 'waiting', nextTryAt: now + 60 * rules.retryMinutes }
  return { state: 'done', nextTryAt: now }
}

/** The attempts of a lead, with the call that is not over yet. */
export const attemptsMade = ({ attempts, dialState }: Pick<Lead, 'attempts' | 'dialState'>): number =>
  attempts + (dialState === 'dialling' ? 1 : 0)

/** The change of a lead for which a callback is agreed apart from a result. */
export function withCallback(lead: Lead, callback: Omit<Callback, 'attemptsBefore'>): LeadUpdate {
  const changes = { callback: { ...callback, attemptsBefore: attemptsMade(lead) } }
  if (lead.campaignId === null) return { changes }
  const nextTryAt = callback.at
  if (lead.dialState === 'dialling') return { changes, afterCall: { state: 'waiting', nextTryAt } }
  return { changes: { ...changes, dialState: 'waiting', nextTryAt } }
}

/** The change of a lead without its callback: it waits as usual, or is done if it was reached or has no attempt left. */
export function withoutCallback(lead: Lead, rules: CampaignRules | undefined, now: number): LeadUpdate {
  const changes = { callback: null }
  if (lead.callback === null) return { changes: {} }
  const isDone = lead.lastOutcome === 'answered' || lead.attempts >= (rules?.maxAttempts ?? 0)
  if (lead.dialState === 'dialling') return { changes, afterCall: null }
  if (lead.dialState !== 'waiting') return { changes }
  return { changes: { ...changes, dialState: isDone ? 'done' : 'waiting', nextTryAt: now } }
}
