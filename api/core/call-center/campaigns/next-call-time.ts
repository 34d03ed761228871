import { toUnixSeconds } from '../../../../runtime/time.ts'
import { isTimeZone } from '../../values/time-zone.ts'
import { nextOpening } from './calling-hours.ts'
import type { CampaignRules } from './campaign.ts'
import type { WaitingZone } from './campaign-store.ts'

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

/** Time zones with leads that may be called now, the one with the longest wait first. @param at ms */
export const openZones = (
  rules: CampaignRules,
  waiting: readonly WaitingZone[],
  at: number,
): (string | null)[] =>
  waiting
    .filter(({ zone, dueAt }) => dueAt * 1_000 <= at && nextCallTime(rules, zone, at) === at)
    .toSorted((a, b) => a.dueAt - b.dueAt)
    .map(({ zone }) => zone)

/** When the first waiting lead may be called, in unix seconds; null if none waits or the hours never open. @param at ms */
export function earliestCallTime(
  rules: CampaignRules,
  waiting: readonly WaitingZone[],
  at: number,
): number | null {
  const callTimes = waiting.flatMap(
    ({ zone, dueAt }) => nextCallTime(rules, zone, Math.max(at, dueAt * 1_000)) ?? [],
  )
  return callTimes.length === 0 ? null : toUnixSeconds(Math.min(...callTimes))
}
