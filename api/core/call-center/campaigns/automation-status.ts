import { INVALID_TIME_ZONE, isTimeZone } from '../../values/time-zone.ts'
import type { HoldReason } from './hold-reason.ts'
import type { Readiness } from './readiness.ts'

/** Progress of a campaign, and why it does not dial. */
export interface AutomationStatus
  extends Pick<Readiness, 'campaign' | 'progress' | 'freeAgents' | 'nextTryAt'> {
  /** For people: why the campaign does not dial although automation is on, or the last failure. */
  note: string | null
}

/** The first reason in words. */
export function toAutomationStatus(readiness: Readiness): AutomationStatus {
  const { campaign, progress, freeAgents, nextTryAt } = readiness
  return { campaign, progress, freeAgents, nextTryAt, note: noteOf(readiness) }
}

function noteOf({ campaign, reasons, waiting }: Readiness): string | null {
  if (!campaign.automation) return null
  for (const reason of reasons) {
    const words = wordsOf(reason)
    if (words !== undefined) return words
  }
  return campaign.automationNote ?? invalidZonesNote(waiting)
}

/** Undefined for what the campaign's status reports already, and for what lasts a moment. */
function wordsOf(reason: HoldReason): string | undefined {
  switch (reason.code) {
    case 'paused':
      return reason.note === null
        ? 'the campaign is paused'
        : `the campaign is paused; at last, ${reason.note}`
    case 'preview_mode':
      return 'agents dial by hand: its dialerMode is PREVIEW'
    case 'pbx_away':
      return 'the PBX is away'
    case 'no_lead_waiting':
      return 'no lead is waiting'
    case 'hours_never_open':
      return 'the calling hours never open'
    case 'time_zone_invalid':
      return `the campaign’s timeZone ${reason.timeZone} ${INVALID_TIME_ZONE}`
    case 'outside_hours':
      return `outside calling hours until ${iso(reason.until)}`
    case 'no_lead_due':
      return `no lead is due until ${iso(reason.until)}`
    case 'trunk_unknown':
      return `HOOKSWITCH_TRUNKS does not name ${reason.trunk}`
    case 'limit_reached':
      return 'as many calls are under way as maxConcurrentCalls says'
    case 'trunk_full':
      return 'the trunk is full'
    case 'no_agents':
    case 'no_agent_free':
      return 'no free agent'
    case 'caller_id_not_allowed':
      return 'callerId is not one of the numbers that a free agent may show'
    case 'leads_reserved':
      return 'the leads that are due wait for those they are assigned to'
    default:
      return undefined
  }
}

/** Old leads may have a time zone that is no longer accepted. They do not stop the other leads. */
function invalidZonesNote(waiting: Readiness['waiting']): string | null {
  const names = waiting.flatMap(({ zone }) => (zone === null || isTimeZone(zone) ? [] : zone))
  const [some, more] = [names.slice(0, 5).join(', '), names.length > 5 ? ' and more' : '']
  return names.length === 0
    ? null
    : `leads whose timeZone is ${some}${more} are called by the campaign’s: it ${INVALID_TIME_ZONE}`
}

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString()
