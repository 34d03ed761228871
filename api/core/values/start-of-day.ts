import { clockOf } from './time-zone.ts'

/** A day is no longer than this, where clocks are put back. */
const LONGEST_DAY = 26 * 3_600

/**
 * When today began.
 * @param now unix seconds, as the answer is
 * @param timeZone IANA name that was checked: see `isTimeZone`
 */
export function startOfDay(now: number, timeZone: string): number {
  const clock = clockOf(timeZone)
  const dayOf = (at: number) => clock(at * 1000).slice(0, 10)
  const today = dayOf(now)
  // Where clocks are put forward at midnight there is none: so the first second of the day is looked for.
  let [before, within] = [now - LONGEST_DAY, now]
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2)
    if (dayOf(middle) === today) within = middle
    else before = middle
  }
  return within
}
