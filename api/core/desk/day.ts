import { Refusal } from '../refusal.ts'

/** A day is no longer than this, where clocks are put back. */
const LONGEST_DAY = 26 * 3_600

/**
 * When today began.
 * @param now unix seconds, as the answer is
 * @param timeZone IANA name
 * @throws {Refusal} `input_invalid` for no time zone
 */
export function startOfDay(now: number, timeZone: string): number {
  const dayOf = calendar(timeZone)
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

function calendar(timeZone: string): (at: number) => string {
  try {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' })
    return (at) => format.format(at * 1000)
  } catch (cause) {
    throw new Refusal('input_invalid', { detail: 'timeZone is no IANA time zone', cause })
  }
}
