import type { CallOutcome } from '../../calls/call.ts'
import type { CampaignRules } from './campaign.ts'
import type { AttemptResult, DialAttempt } from './dial-queue.ts'
import { wrapUpEnd } from './wrap-up.ts'

/** If an agent's phone was not answered, they get no call of a campaign for this long. */
export const NO_ANSWER_PAUSE_S = 30

/** The effect of a call's outcome on its lead and its agent. */
export interface OutcomeEffect {
  result: AttemptResult
  /** When the agent may take the next call, unix seconds. */
  availableFrom: number
}

/**
 * @param rules of the lead's campaign, if it has one
 * @param endedAt unix seconds
 */
export function applyOutcomeRules(
  call: Pick<DialAttempt, 'from' | 'campaignId' | 'attempts'>,
  outcome: CallOutcome,
  rules: CampaignRules | undefined,
  { endedAt, now }: { endedAt: number; now: number },
): OutcomeEffect {
  // The agent's own phone was not answered, so the lead was not called.
  if (outcome.startsWith('own_')) {
    return { result: notDialed(call, now), availableFrom: now + NO_ANSWER_PAUSE_S }
  }
  const isAttempt = call.campaignId !== null
  const availableFrom = outcome === 'answered' ? wrapUpEnd(endedAt, rules) : now
  const resultFor = (nextState: AttemptResult['nextState'], nextTryAt = now): OutcomeEffect => ({
    result: { outcome, isAttempt, nextState, nextTryAt, now },
    availableFrom,
  })
  if (call.from !== 'waiting') return resultFor(call.from)
  if (rules === undefined) return resultFor('idle')
  // A number that does not exist is not called again.
  const isFinal = ['answered', 'unknown_number'].includes(outcome) || call.attempts + 1 >= rules.maxAttempts
  if (isFinal) return resultFor('done')
  return resultFor('waiting', now + 60 * (rules.retryMinutesOf[outcome] ?? rules.retryMinutes))
}

/** The lead returns to the state before the claim. */
export const notDialed = ({ from }: Pick<DialAttempt, 'from'>, now: number): AttemptResult => ({
  outcome: null,
  isAttempt: false,
  nextState: from,
  nextTryAt: now,
  now,
})
