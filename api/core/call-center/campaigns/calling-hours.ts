import { findWallClock } from '../../values/time-zone.ts'
import type { CampaignRules } from './campaign.ts'

/** When a campaign may call: minutes after midnight and weekdays, in the lead's time zone. */
export type CallingHours = Pick<CampaignRules, 'startMinute' | 'endMinute' | 'weekdays'>

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** Longest step over closed hours: with shorter steps, a clock change (daylight saving) in between is noticed. */
const MAX_STEP_MINUTES = 60
/** Contains each weekday at least once. */
const MAX_LOOKAHEAD_MS = 9 * DAY_MINUTES * MINUTE_MS

/** @param zone IANA name @param at ms; an unknown zone is never open */
export function isOpen(hours: CallingHours, zone: string, at: number): boolean {
  const local = localTime(zone, at)
  return local !== undefined && isWithinHours(hours, local)
}

/** @returns the first minute from `at` on in which calls are allowed, in ms; undefined if there is none */
export function nextOpening(hours: CallingHours, zone: string, at: number): number | undefined {
  if (isOpen(hours, zone, at)) return at
  let time = nextMinute(at)
  let local = localTime(zone, time)
  let minuteStepsUntil = time
  while (local !== undefined && time < at + MAX_LOOKAHEAD_MS) {
    if (isWithinHours(hours, local)) return time
    const minutes = time < minuteStepsUntil ? 1 : minutesClosed(hours, local)
    const next = time + minutes * MINUTE_MS
    const nextLocal = localTime(zone, next)
    const isClockChanged = nextLocal?.minute !== (local.minute + minutes) % DAY_MINUTES
    if (isClockChanged && minutes > 1) {
      minuteStepsUntil = next // a clock change may repeat these hours, or skip their first minutes
    } else {
      time = next
      local = nextLocal
    }
  }
  return undefined
}

/** Minutes until the hours can open, if the clock does not change; at most `MAX_STEP_MINUTES`. */
function minutesClosed({ startMinute, weekdays }: CallingHours, { weekday, minute }: LocalTime): number {
  const opensToday = weekdays.includes(weekday) && minute < startMinute
  return Math.min((opensToday ? startMinute : DAY_MINUTES) - minute, MAX_STEP_MINUTES)
}

interface LocalTime {
  /** ISO 8601: 1 is Monday. */
  weekday: number
  /** After midnight. */
  minute: number
}

const isWithinHours = ({ startMinute, endMinute, weekdays }: CallingHours, { weekday, minute }: LocalTime) =>
  weekdays.includes(weekday) && minute >= startMinute && minute < endMinute

const nextMinute = (at: number) => (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS

function localTime(zone: string, at: number): LocalTime | undefined {
  const clockText = findWallClock(zone)?.(at)
  if (clockText === undefined) return undefined
  return {
    weekday: new Date(`${clockText}Z`).getUTCDay() || 7,
    minute: Number(clockText.slice(11, 13)) * 60 + Number(clockText.slice(14, 16)),
  }
}
