import { DAY_S } from '../../../../runtime/time.ts'
import { invalidInput } from '../../refusal.ts'
import { fromLocalTime } from '../../values/local-time.ts'
import { isTimeZone } from '../../values/time-zone.ts'
import type { CampaignRules } from '../campaigns/campaign.ts'
import type { Lead } from '../leads/lead.ts'

/** A request that waited for the network may be late; an older time is an error. */
const MAX_PAST_S = 3_600
const MAX_AHEAD_S = 366 * DAY_S

/**
 * The zone in which a lead's callbacks are read: the lead's, else the campaign's, else that of the settings. Old names
 * that are no longer accepted are skipped.
 */
export const zoneOfLead = (
  { timeZone }: Pick<Lead, 'timeZone'>,
  rules: Pick<CampaignRules, 'timeZone'> | undefined,
  settingsZone: string,
): string => [timeZone, rules?.timeZone].find((zone) => zone && isTimeZone(zone)) ?? settingsZone

/**
 * @param local `2026-12-01T10:00` in `zone`
 * @param now unix seconds
 * @returns unix seconds
 * @throws {Refusal} `input_invalid` for a time in the past, or more than a year ahead
 */
export function toCallbackTime(local: string, zone: string, now: number): number {
  const at = fromLocalTime(local, zone)
  if (at < now - MAX_PAST_S) throw invalidInput(`callback: ${local} in ${zone} is in the past`)
  if (at > now + MAX_AHEAD_S) throw invalidInput(`callback: ${local} is more than a year ahead`)
  return at
}
