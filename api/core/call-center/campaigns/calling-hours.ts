import { findClock } from '../../values/time-zone.ts'
import type { CampaignRules } from './campaign.ts'

/** When a campaign may call: minutes after midnight and days where the lead is. */
export type Hours = Pick<CampaignRules, 'startMinute' | 'endMinute' | 'weekdays'>

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A jump over hours that are closed is no longer, so that a clock that is put in between is noticed. */
const JUMP_MINUTES = 60
/** Every weekday comes by in these. */
const FARTHEST_MS = 9 * DAY_MINUTES * MINUTE_MS

/** @param zone IANA name @param at ms; an unknown zone is never open */
export function isOpen(hours: Hours, zone: string, at: number): boolean {
  const local = localTime(zone, at)
  return local !== undefined && fits(hours, local)
}

/** @returns the first minute from `at` on in which it may call, in ms; undefined where there is none */
export function nextOpening(hours: Hours, zone: string, at: number): number | undefined {
  if (isOpen(hours, zone, at)) return at
  let time = nextMinute(at)
  let local = localTime(zone, time)
  let byMinutesUntil = time
  while (local !== undefined && time < at + FARTHEST_MS) {
    if (fits(hours, local)) return time
    const minutes = time < byMinutesUntil ? 1 : minutesClosed(hours, local)
    const next = time + minutes * MINUTE_MS
    const there = localTime(zone, next)
    const isClockPut = there?.minute !== (local.minute + minutes) % DAY_MINUTES
    if (isClockPut && minutes > 1) {
      byMinutesUntil = next // the same hours may come a second time, or their first minutes be left out
    } else {
      time = next
      local = there
    }
  }
  return undefined
}

/** For how many minutes nothing opens where no clock is put, up to a jump. */
function minutesClosed({ startMinute, weekdays }: Hours, { weekday, minute }: LocalTime): number {
  const opensToday = weekdays.includes(weekday) && minute < startMinute
  return Math.min((opensToday ? startMinute : DAY_MINUTES) - minute, JUMP_MINUTES)
}

interface LocalTime {
  /** ISO 8601: 1 is Monday. */
  weekday: number
  minute: number
}

const fits = ({ startMinute, endMinute, weekdays }: Hours, { weekday, minute }: LocalTime) =>
  weekdays.includes(weekday) && minute >= startMinute && minute < endMinute

const nextMinute = (at: number) => (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS

function localTime(zone: string, at: number): LocalTime | undefined {
  const wall = findClock(zone)?.(at)
  if (wall === undefined) return undefined
  return {
    weekday: new Date(`${wall}Z`).getUTCDay() || 7,
    minute: Number(wall.slice(11, 13)) * 60 + Number(wall.slice(14, 16)),
  }
}
