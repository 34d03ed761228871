import { isTimeZone } from '../../values/time-zone.ts'
import { nextOpening } from './calling-hours.ts'
import type { CampaignRules } from './campaign.ts'

/**
 * When leads of a time zone may be called next: `from` itself where they may be called then.
 * @param zone null, and one that is no place (from before these were refused), stand for the campaign's
 * @param from ms
 * @returns ms; undefined where the campaign never calls, also as its own time zone is no place
 */
export function nextCallTime(rules: CampaignRules, zone: string | null, from: number): number | undefined {
  const timeZone = zone !== null && isTimeZone(zone) ? zone : rules.timeZone
  return isTimeZone(timeZone) ? nextOpening(rules, timeZone, from) : undefined
}
