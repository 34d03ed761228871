import type { PbxTime } from '../core/calls/pbx-events.ts'
import { parseTimestamp } from './ami-values.ts'

/** The PBX's clock as last reported: dates messages without a time, and detects that it was set back. */
export type PbxClock = ReturnType<typeof createPbxClock>

/**
 * Events of one moment may come slightly out of order; a larger difference means that the clock was set back,
 * in microseconds.
 */
const EVENT_TOLERANCE_US = 1_000_000
/** A response comes by another connection than events, and may have waited longer. */
const PING_TOLERANCE_US = 5_000_000

/** @param now unix ms, used as the PBX's clock until it is known */
export function createPbxClock(now: () => number) {
  let ahead = 0
  let last = 0
  /** The latest time that the PBX reported, and when it was received by our own clock. */
  let latest: { time: PbxTime; receivedAt: number } | undefined
  const current = (): PbxTime => Math.round(now() * 1_000) + ahead

  return {
    /** The current time; later with each call, so that events keep their order. */
    next(): PbxTime {
      last = Math.max(last + 1, current())
      return last
    },
    /**
     * Sets the clock.
     * @param timestamp of a response to Ping: `1795218504.730276`; any other text leaves it unchanged
     * @returns the PBX's time
     */
    set(timestamp: string | undefined): PbxTime {
      const [, seconds, micros] = /^(\d{1,10})\.(\d{6})$/.exec(timestamp ?? '') ?? []
      if (seconds === undefined || micros === undefined) return current()
      const reported = Number(seconds) * 1_000_000 + Number(micros)
      ahead += reported - current()
      last = 0
      return reported
    },
    /**
     * @param timestamp of an event
     * @returns by how much the clock was set back since the event before; 0 where it was not
     */
    setBackByEvent: (timestamp: string | undefined) =>
      setBackBy(parseTimestamp(timestamp), EVENT_TOLERANCE_US),
    /**
     * @param time of a response to Ping, as `set` returned it
     * @returns by how much the clock was set back since the last event; 0 where it was not
     */
    setBackByPing: (time: PbxTime) => setBackBy(time, PING_TOLERANCE_US),
  }

  function setBackBy(time: PbxTime | undefined, tolerance: number): number {
    if (time === undefined) return 0
    const before = latest
    const isBack = before !== undefined && time < before.time - tolerance
    if (before === undefined || isBack || time > before.time) latest = { time, receivedAt: now() }
    if (!isBack) return 0
    // The last report was before this one by the time that has passed since.
    return before.time - time + Math.max(1, Math.round((now() - before.receivedAt) * 1_000))
  }
}
