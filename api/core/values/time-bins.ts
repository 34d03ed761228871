import { startOfDay } from './start-of-day.ts'
import { requireWallClock } from './time-zone.ts'

export const BIN_SIZES = ['hour', 'day'] as const
export type BinSize = (typeof BIN_SIZES)[number]

/** Unix seconds; `end` is exclusive. */
export interface TimeBin {
  start: number
  end: number
}

/** Days of a place, as `2026-01-31`, both included. */
export interface DayRange {
  from: string
  to: string
}

/** Longer than any day, and shorter than any two. */
const MORE_THAN_A_DAY_S = 26 * 3_600

/**
 * Hours or days of a place, without gaps. A day on which clocks are set forward has 23 hours, one on which they are set
 * back has 25: the hour that comes twice is two bins. Where they move by half an hour, a bin ends at the change.
 * @param timeZone validated IANA name: see `isTimeZone`
 */
export function timeBins(size: BinSize, { from, to }: DayRange, timeZone: string): TimeBin[] {
  const clock = requireWallClock(timeZone)
  const last = startOfNextDay(dayStart(to, timeZone), timeZone)
  /** To the next full hour of the clock on the wall, if it is not changed meanwhile. */
  const startOfNextHour = (at: number) => at + 3_600 - secondsIntoHour(clock(at * 1_000))
  const bins: TimeBin[] = []
  for (let start = dayStart(from, timeZone); start < last; ) {
    const next = size === 'day' ? startOfNextDay(start, timeZone) : startOfNextHour(start)
    bins.push({ start, end: Math.min(next, last) })
    start = next
  }
  return bins
}

/** The day of a place, as `2026-01-31`. @param at unix seconds */
export const dayOf = (at: number, timeZone: string): string =>
  requireWallClock(timeZone)(at * 1_000).slice(0, 10)

/** The bin of each time: `bins` are sorted, and without gaps. @returns -1 for a time outside */
export function binIndex(bins: readonly TimeBin[], at: number): number {
  let [low, high] = [0, bins.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((bins[middle]?.end ?? 0) <= at) low = middle + 1
    else high = middle
  }
  const bin = bins[low]
  return bin !== undefined && bin.start <= at ? low : -1
}

/** The first second of a day. Of a day that a place skipped, as Samoa did: of the next one. */
function dayStart(day: string, timeZone: string): number {
  const noonUtc = Date.parse(`${day}T12:00:00Z`) / 1_000
  const offset = Date.parse(`${requireWallClock(timeZone)(noonUtc * 1_000)}Z`) / 1_000 - noonUtc
  return startOfDay(noonUtc - offset, timeZone)
}

const startOfNextDay = (start: number, timeZone: string) => startOfDay(start + MORE_THAN_A_DAY_S, timeZone)

const secondsIntoHour = (clockText: string) =>
  Number(clockText.slice(14, 16)) * 60 + Number(clockText.slice(17, 19))
