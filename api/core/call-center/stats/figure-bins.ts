import { requireWallClock } from '../../values/time-zone.ts'

/** Unix seconds; `until` is exclusive. */
interface TimeSpan {
  from: number
  until: number
}

/** A stretch of time in which a zone has one offset. */
export interface OffsetSpan extends TimeSpan {
  /** Seconds east of UTC. */
  offset: number
}

export const BIN_SECONDS = { hour: 3_600, day: 86_400 } as const
export type BinSize = keyof typeof BIN_SECONDS

/** The first second of a day may be this far from its midnight in UTC. */
const MAX_OFFSET_S = 16 * 3_600
/** No zone changes its offset twice in this time. */
const SCAN_STEP_S = 6 * 3_600

/**
 * The days from the first second of `firstDay` to the last one of `lastDay`, in the time of a zone.
 * @param firstDay calendar day, such as `2026-01-31`
 */
export const daysBetween = (firstDay: string, lastDay: string, timeZone: string): TimeSpan => ({
  from: startOfCalendarDay(firstDay, timeZone),
  until: startOfCalendarDay(nextDay(lastDay), timeZone),
})

/** The calendar day of a moment (unix seconds) in a zone, such as `2026-01-31`. */
export const calendarDay = (at: number, timeZone: string): string =>
  requireWallClock(timeZone)(at * 1000).slice(0, 10)

export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}

/** Splits a time wherever the zone changes its offset. */
export function offsetSpans({ from, until }: TimeSpan, timeZone: string): OffsetSpan[] {
  const clock = requireWallClock(timeZone)
  const offsetAt = (at: number) => Date.parse(`${clock(at * 1000)}Z`) / 1000 - at
  const spans: OffsetSpan[] = []
  for (let start = from; start < until; ) {
    const offset = offsetAt(start)
    let end = start
    while (end < until && offsetAt(end) === offset) end = Math.min(end + SCAN_STEP_S, until)
    if (end < until || offsetAt(until) !== offset) {
      const before = Math.max(start, end - SCAN_STEP_S)
      end = firstWhere(before, end, (at) => offsetAt(at) !== offset)
    }
    spans.push({ from: start, until: end, offset })
    start = end
  }
  return spans
}

/**
 * Hours or days of a time in a zone. A day on which clocks change has 23 or 25 hours; an hour that comes twice is two.
 * @param spans all offsets of the time: see `offsetSpans`
 */
export function timeBins(size: BinSize, spans: readonly OffsetSpan[], timeZone: string): TimeSpan[] {
  const [first, last] = [spans[0], spans.at(-1)]
  if (first === undefined || last === undefined) return []
  const starts = size === 'hour' ? spans.flatMap(hoursOf) : dayStarts(first.from, last.until, timeZone)
  return starts.map((from, n) => ({ from, until: starts[n + 1] ?? last.until }))
}

function hoursOf({ from, until, offset }: OffsetSpan): number[] {
  const starts = [from]
  const first = (Math.floor((from + offset) / 3_600) + 1) * 3_600 - offset
  for (let start = first; start < until; start += 3_600) starts.push(start)
  return starts
}

function dayStarts(from: number, until: number, timeZone: string): number[] {
  const starts = [from]
  for (let day = nextDay(calendarDay(from, timeZone)); ; day = nextDay(day)) {
    const start = startOfCalendarDay(day, timeZone)
    if (start >= until) return starts
    // A zone that changed sides of the date line has no such day.
    if (start > (starts.at(-1) ?? from)) starts.push(start)
  }
}

/** The first second of a calendar day. Where clocks are set forward at midnight, 00:00 does not exist. */
function startOfCalendarDay(day: string, timeZone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`) / 1000
  return firstWhere(
    midnight - MAX_OFFSET_S,
    midnight + MAX_OFFSET_S,
    (at) => calendarDay(at, timeZone) >= day,
  )
}

/** The first second after `before`, at most `end`, from which on `holds` is true. */
function firstWhere(before: number, end: number, holds: (at: number) => boolean): number {
  let [low, high] = [before, end]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
