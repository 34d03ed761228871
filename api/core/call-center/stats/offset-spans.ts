import { requireWallClock } from '../../values/time-zone.ts'
import type { TimeRange } from './call-stats-store.ts'

/** A stretch of time in which a zone has one offset. */
export interface OffsetSpan extends TimeRange {
  /** Seconds east of UTC. */
  offset: number
}

/** No zone changes its offset twice in this time. */
const SCAN_STEP_S = 6 * 3_600

/** Splits a time wherever the zone changes its offset. */
export function offsetSpans({ from, until }: TimeRange, timeZone: string): OffsetSpan[] {
  const clock = requireWallClock(timeZone)
  const offsetAt = (at: number) => Date.parse(`${clock(at * 1000)}Z`) / 1000 - at
  const spans: OffsetSpan[] = []
  for (let start = from; start < until; ) {
    const offset = offsetAt(start)
    // No span would end: NaN equals nothing.
    if (Number.isNaN(offset)) throw new RangeError('no clock shows this time')
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
