import { clockOf } from '../time-zone.ts'
import type { CampaignRules } from './campaign.ts'

/** When a campaign may call: minutes after midnight and days where the lead is. */
export type Hours = Pick<CampaignRules, 'startMinute' | 'endMinute' | 'weekdays'>

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A jump over hours that are closed is no longer, so that a clock that is put in between is noticed. */
const JUMP_MINUTES = 60
/** Every weekday comes by in these. */
const FARTHEST_MS = 9 * DAY_MINUTES * MINUTE_MS

const ISO_DAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 }

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
  weekday: number
  minute: number
}

const fits = ({ startMinute, endMinute, weekdays }: Hours, { weekday, minute }: LocalTime) =>
  weekdays.includes(weekday) && minute >= startMinute && minute < endMinute

const nextMinute = (at: number) => (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS

function localTime(zone: string, at: number): LocalTime | undefined {
  const clock = clockOf(zone)
  if (clock === undefined) return undefined
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, value]))
  return {
    weekday: ISO_DAYS[parts.get('weekday') ?? ''] ?? 0,
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  }
}
