import type { CampaignRules } from './campaign.ts'

/** When a campaign may call: minutes after midnight and days where the lead is. */
export type Hours = Pick<CampaignRules, 'startMinute' | 'endMinute' | 'weekdays'>

const MINUTE_MS = 60_000
const DAY_MINUTES = 1_440
/** A clock is never put by more, so a jump that ends this much earlier misses no opening. */
const SHIFT_MINUTES = 180
/** Every weekday comes by in these. */
const FARTHEST_MS = 9 * DAY_MINUTES * MINUTE_MS

const ISO_DAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 }

/** Whether it is an IANA name that this system knows. */
export function isTimeZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && clockOf(name) !== undefined
}

/** @param zone IANA name @param at ms; an unknown zone is never open */
export function isOpen(hours: Hours, zone: string, at: number): boolean {
  const local = localTime(zone, at)
  return local !== undefined && fits(hours, local)
}

/** @returns the first minute from `at` on in which it may call, in ms; undefined where there is none */
export function nextOpening(hours: Hours, zone: string, at: number): number | undefined {
  const { startMinute, weekdays } = hours
  if (isOpen(hours, zone, at)) return at
  for (let time = nextMinute(at); time < at + FARTHEST_MS; ) {
    const local = localTime(zone, time)
    if (local === undefined) return undefined
    if (fits(hours, local)) return time
    const opensToday = weekdays.includes(local.weekday) && local.minute < startMinute
    const away = (opensToday ? startMinute : DAY_MINUTES) - local.minute
    time += Math.max(1, away - SHIFT_MINUTES) * MINUTE_MS
  }
  return undefined
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

/** One for each zone there is, and as many names that are none: making one takes far longer than using it. */
const clocks = new Map<string, Intl.DateTimeFormat | undefined>()
const MOST_CLOCKS = 1_000

function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!clocks.has(zone)) {
    if (clocks.size >= MOST_CLOCKS) clocks.clear()
    clocks.set(zone, makeClock(zone))
  }
  return clocks.get(zone)
}

function makeClock(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  } catch {
    return undefined
  }
}
