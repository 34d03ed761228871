import { LRUCache } from 'lru-cache'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { CallTracker } from '../../calls/call-tracker.ts'

/** When the phones of agents were last in a call, of any kind, since this process began. */
export interface LastCalls {
  /** Unix seconds; undefined where no end was seen. */
  endOf(endpoints: readonly string[]): number | undefined
}

const MAX_ENDPOINTS = 20_000

/** @param now unix ms */
export function createLastCalls(callTracker: Pick<CallTracker, 'onChange'>, now: () => number): LastCalls {
  const ends = new LRUCache<string, number>({ max: MAX_ENDPOINTS })
  callTracker.onChange((call, before) => {
    const at = call.endedAt === undefined ? toUnixSeconds(now()) : Math.floor(call.endedAt / 1_000_000)
    for (const { channelId, endpoint, state } of call.legs) {
      if (endpoint === undefined || state !== 'ended') continue
      const isKnown = before?.legs.some((leg) => leg.channelId === channelId && leg.state === 'ended')
      if (isKnown !== true) ends.set(endpoint, at)
    }
  })
  return {
    endOf(endpoints) {
      const known = endpoints.flatMap((endpoint) => ends.get(endpoint) ?? [])
      return known.length === 0 ? undefined : Math.max(...known)
    },
  }
}
