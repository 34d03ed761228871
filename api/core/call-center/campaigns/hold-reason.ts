import { isTimeZone } from '../../values/time-zone.ts'
import type { Campaign } from './campaign.ts'
import type { WaitingZone } from './campaign-store.ts'
import type { DialAttempt } from './dial-queue.ts'
import { freeCapacity } from './free-capacity.ts'
import { earliestCallTime, openZones } from './next-call-time.ts'
import type { TrunkCapacity } from './trunk-capacity.ts'

/** Why a campaign places no call. Times in unix seconds. */
export type HoldReason =
  | { code: 'not_started' | 'completed' | 'stopped' | 'automation_off' | 'preview_mode' }
  /** `note`: the last failure, for people. */
  | { code: 'paused'; note: string | null }
  /** `no_dialer`: no API holds the lease of the dialer. */
  | { code: 'pbx_away' | 'no_dialer' }
  /** The PBX or a store did not take the last call. */
  | { code: 'resting_after_failure'; until: number }
  | { code: 'no_lead_waiting' | 'hours_never_open' }
  | { code: 'time_zone_invalid'; timeZone: string }
  | { code: 'outside_hours' | 'no_lead_due'; until: number }
  | { code: 'trunk_unknown' | 'trunk_full'; trunk: string }
  | { code: 'limit_reached'; limit: number }
  | { code: 'no_agents' | 'no_agent_free' }
  | { code: 'caller_id_not_allowed'; callerId: string }
  /** The leads that are due are assigned to agents who are not free. */
  | { code: 'leads_reserved' }

/** By the campaign itself: none for those that the dialer dials for. */
export function stateReasons(campaign: Campaign): HoldReason[] {
  const { status, stopped, automation, automationNote, dialerMode } = campaign
  const reasons: HoldReason[] = []
  if (status === 'draft') reasons.push({ code: 'not_started' })
  if (status === 'paused') reasons.push({ code: 'paused', note: automationNote })
  if (status === 'completed') reasons.push({ code: stopped ? 'stopped' : 'completed' })
  if (dialerMode === 'preview') reasons.push({ code: 'preview_mode' })
  else if (!automation && !stopped) reasons.push({ code: 'automation_off' })
  return reasons
}

/** By its leads and calling hours: none if `openZones` has a zone. @param at ms */
export function leadReasons(
  { rules }: Pick<Campaign, 'rules'>,
  waiting: readonly WaitingZone[],
  at: number,
): HoldReason[] {
  if (openZones(rules, waiting, at).length > 0) return []
  if (waiting.length === 0) return [{ code: 'no_lead_waiting' }]
  const until = earliestCallTime(rules, waiting, at)
  if (until !== null) {
    const isDue = waiting.some(({ dueAt }) => dueAt * 1_000 <= at)
    return [{ code: isDue ? 'outside_hours' : 'no_lead_due', until }]
  }
  const { timeZone } = rules
  return [isTimeZone(timeZone) ? { code: 'hours_never_open' } : { code: 'time_zone_invalid', timeZone }]
}

/** By limits of calls: none if `freeCapacity` has room. */
export function capacityReasons(
  campaign: Campaign,
  automated: readonly Campaign[],
  attempts: readonly Pick<DialAttempt, 'campaignId' | 'callId'>[],
  trunks: Pick<TrunkCapacity, 'available'>,
): HoldReason[] {
  if (freeCapacity(campaign, automated, attempts, trunks) >= 1) return []
  const { trunk, maxCalls } = campaign.rules
  if (trunk !== null && trunks.available(trunk, []) === undefined) return [{ code: 'trunk_unknown', trunk }]
  const own = attempts.filter(({ campaignId }) => campaignId === campaign.id).length
  if (own >= maxCalls || trunk === null) return [{ code: 'limit_reached', limit: maxCalls }]
  return [{ code: 'trunk_full', trunk }]
}
