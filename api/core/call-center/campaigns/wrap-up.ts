import type { CampaignRules } from './campaign.ts'

/**
 * After a campaign's call its agent wraps up, and gets no call of a campaign meanwhile.
 * @param endedAt when the agent left the call, unix seconds
 * @param rules of the call's campaign; without a campaign there is no wrap-up
 * @returns when the agent may get the next call, unix seconds
 */
export const wrapUpEnd = (endedAt: number, rules: Pick<CampaignRules, 'wrapUpSeconds'> | undefined): number =>
  endedAt + (rules?.wrapUpSeconds ?? 0)
