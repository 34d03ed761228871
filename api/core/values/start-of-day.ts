import { requireWallClock } from './time-zone.ts'

/** Longer than any day, also than one on which clocks are set back. */
const MAX_DAY_SECONDS = 26 * 3_600

/**
 * The first second of the current day, in unix seconds.
 * @param now unix seconds
 * @param timeZone validated IANA name: see `isTimeZone`
 */
export function startOfDay(now: number, timeZone: string): number {
  const clock = requireWallClock(timeZone)
  const dayOf = (at: number) => clock(at * 1000).slice(0, 10)
  const today = dayOf(now)
  // Where clocks are set forward at midnight, 00:00 does not exist: so this is a binary search for the first second.
  let [before, inside] = [now - MAX_DAY_SECONDS, now]
  while (inside - before > 1) {
    const middle = Math.floor((before + inside) / 2)
    if (dayOf(middle) === today) inside = middle
    else before = middle
  }
  return inside
}
