import { requireWallClock } from './time-zone.ts'

/** A day is no longer than this, where clocks are put back. */
const MAX_DAY_SECONDS = 26 * 3_600

/**
 * When today began.
 * @param now unix seconds, as the answer is
 * @param timeZone IANA name that was checked: see `isTimeZone`
 */
export function startOfDay(now: number, timeZone: string): number {
  const clock = requireWallClock(timeZone)
  const dayOf = (at: number) => clock(at * 1000).slice(0, 10)
  const today = dayOf(now)
  // Where clocks are put forward at midnight there is none: so the first second of the day is looked for.
  let [before, inside] = [now - MAX_DAY_SECONDS, now]
  while (inside - before > 1) {
    const middle = Math.floor((before + inside) / 2)
    if (dayOf(middle) === today) inside = middle
    else before = middle
  }
  return inside
}
