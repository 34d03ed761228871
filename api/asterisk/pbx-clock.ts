import type { PbxTime } from '../core/calls/pbx-events.ts'
import { parseTimestamp } from './ami-values.ts'

/** The PBX's clock, as far as it was heard: for messages without a time, and to notice that it was put back. */
export type PbxClock = ReturnType<typeof createPbxClock>

/** Events of one moment may come a little out of turn; this much is a clock that was put back, in microseconds. */
const EVENT_TOLERANCE_US = 1_000_000
/** An answer comes by another connection than events, and may have waited longer. */
const PING_TOLERANCE_US = 5_000_000

/** @param now unix ms, which is taken for the PBX's until that was heard */
export function createPbxClock(now: () => number) {
  let ahead = 0
  let last = 0
  /** The latest time that the PBX reported, and when that was by our own clock. */
  let latest: { time: PbxTime; heardAt: number } | undefined
  const current = (): PbxTime => Math.round(now() * 1_000) + ahead

  return {
    /** Later with each call, so that what is heard in turn is told in turn. */
    next(): PbxTime {
      last = Math.max(last + 1, current())
      return last
    },
    /**
     * Sets it.
     * @param timestamp of an answer to Ping: `1795218504.730276`; anything else leaves it is
     * @returns what it shows then
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
     * @returns by how much it was put back since the event before; 0 where it was not
     */
    setBackByEvent: (timestamp: string | undefined) =>
      setBackBy(parseTimestamp(timestamp), EVENT_TOLERANCE_US),
    /**
     * @param time of an answer to Ping, as `set` returned it
     * @returns by how much it was put back since the last event; 0 where it was not
     */
    setBackByPing: (time: PbxTime) => setBackBy(time, PING_TOLERANCE_US),
  }

  function setBackBy(time: PbxTime | undefined, tolerance: number): number {
    if (time === undefined) return 0
    const before = latest
    const isBack = before !== undefined && time < before.time - tolerance
    if (before === undefined || isBack || time > before.time) latest = { time, heardAt: now() }
    if (!isBack) return 0
    // What was heard last was heard before this, by as much as went by since.
    return before.time - time + Math.max(1, Math.round((now() - before.heardAt) * 1_000))
  }
}
