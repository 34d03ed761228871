import { isTimeZone } from '../../values/time-zone.ts'
import { nextOpening } from './calling-hours.ts'
import type { CampaignRules } from './campaign.ts'

/**
 * When leads of a time zone may be called next: `from` itself if they may be called then.
 * @param zone null, and an old name that is no longer accepted, stand for the campaign's time zone
 * @param from ms
 * @returns ms; undefined if the hours never open, or if the campaign's own time zone is no longer accepted
 */
export function nextCallTime(rules: CampaignRules, zone: string | null, from: number): number | undefined {
  const timeZone = zone !== null && isTimeZone(zone) ? zone : rules.timeZone
  return isTimeZone(timeZone) ? nextOpening(rules, timeZone, from) : undefined
}
