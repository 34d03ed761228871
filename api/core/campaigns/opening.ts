import type { CampaignRules } from './campaign.ts'
import { isTimeZone, nextOpening } from './hours.ts'

/**
 * When leads of a time zone may be called next: `from` itself where they may be called then.
 * @param zone null, and one that is none, stand for the campaign's
 * @param from ms
 * @returns ms; undefined where the campaign never calls
 */
export function zoneOpens(rules: CampaignRules, zone: string | null, from: number): number | undefined {
  return nextOpening(rules, zone !== null && isTimeZone(zone) ? zone : rules.timeZone, from)
}
