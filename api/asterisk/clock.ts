import type { PbxTime } from '../core/calls/facts.ts'

/** The PBX's clock, as far as it was heard: for what it says without a time. */
export type PbxClock = ReturnType<typeof createPbxClock>

/** @param now unix ms, which is taken for the PBX's until that was heard */
export function createPbxClock(now: () => number) {
  let ahead = 0
  let last = 0
  const read = (): PbxTime => Math.round(now() * 1_000) + ahead

  return {
    /** Later with each call, so that what is heard in turn is told in turn. */
    next(): PbxTime {
      last = Math.max(last + 1, read())
      return last
    },
    /**
     * Sets it.
     * @param timestamp of an answer to Ping: `1795218504.730276`; anything else leaves it as it is
     * @returns what it shows then
     */
    set(timestamp: string | undefined): PbxTime {
      const [, seconds, micros] = /^(\d{1,10})\.(\d{6})$/.exec(timestamp ?? '') ?? []
      if (seconds === undefined || micros === undefined) return read()
      const told = Number(seconds) * 1_000_000 + Number(micros)
      ahead += told - read()
      last = 0
      return told
    },
  }
}
