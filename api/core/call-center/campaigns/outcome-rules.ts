import type { Outcome } from '../../calls/call.ts'
import type { CampaignRules } from './campaign.ts'
import type { Dialling, Settling } from './dial-queue.ts'

/** An agent whose phone was not picked up is not offered a call before, in seconds. */
export const AGENT_ASIDE_S = 30

/** What a call's outcome means for its lead and its agent. */
export interface AfterCall {
  settling: Settling
  /** When the agent may have the next one, unix seconds. */
  freeFrom: number
}

/**
 * @param rules of the lead's campaign, where it has one
 * @param endedAt unix seconds
 */
export function afterCall(
  call: Pick<Dialling, 'from' | 'campaignId' | 'attempts'>,
  outcome: Outcome,
  rules: CampaignRules | undefined,
  { endedAt, now }: { endedAt: number; now: number },
): AfterCall {
  // Our own phone was not picked up: nobody tried to reach the lead.
  if (outcome.startsWith('own_')) {
    return { settling: neverDialled(call, now), freeFrom: now + AGENT_ASIDE_S }
  }
  const counts = call.campaignId !== null
  const freeFrom = outcome === 'answered' ? endedAt + (rules?.wrapUpSeconds ?? 0) : now
  const settle = (goesTo: Settling['goesTo'], nextTryAt = now): AfterCall => ({
    settling: { outcome, counts, goesTo, nextTryAt, now },
    freeFrom,
  })
  if (call.from !== 'waiting') return settle(call.from)
  if (rules === undefined) return settle('idle')
  // There is no use in calling again what is nobody's number.
  const isOver = ['answered', 'unknown_number'].includes(outcome) || call.attempts + 1 >= rules.maxAttempts
  if (isOver) return settle('done')
  return settle('waiting', now + 60 * (rules.retryMinutesOf[outcome] ?? rules.retryMinutes))
}

/** As if it had not been taken. */
export const neverDialled = ({ from }: Pick<Dialling, 'from'>, now: number): Settling => ({
  outcome: null,
  counts: false,
  goesTo: from,
  nextTryAt: now,
  now,
})
