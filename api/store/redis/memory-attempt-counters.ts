import { LRUCache } from 'lru-cache'
import type { AttemptCounters, AttemptLimit } from '../../core/auth/attempt-counters.ts'

/** How long an attempt of a process that died stays reserved; comparing a password takes far less. */
export const ATTEMPT_TTL_MS = 5_000

/** More keys than clients can fill within a window before their own networks are throttled. */
const MAX_KEYS = 100_000

/** Counts failures and attempts in progress of this process alone, while Redis is unreachable. */
export function createMemoryCounters({ max, window }: AttemptLimit): AttemptCounters {
  // Made with the first failure, as it takes 4 MB, and each surface has several counters.
  let failures: LRUCache<string, number> | undefined
  const underway = new Map<string, Map<string, number>>()

  const failuresOf = (key: string) => failures?.get(key) ?? 0
  const throttledFor = (key: string) => (failuresOf(key) >= max ? failures?.getRemainingTTL(key) : undefined)

  function underwayOf(key: string): Map<string, number> {
    const all = underway.get(key) ?? new Map<string, number>()
    for (const [id, until] of all) if (until <= performance.now()) all.delete(id)
    return all
  }

  return {
    throttledFor: async (key) => throttledFor(key),
    async reserve(key, id) {
      const untilMs = throttledFor(key)
      if (untilMs !== undefined) return { is: 'throttled', untilMs }
      const all = underwayOf(key)
      if (failuresOf(key) + all.size >= max) return { is: 'full' }
      underway.set(key, all.set(id, performance.now() + ATTEMPT_TTL_MS))
      return { is: 'reserved' }
    },
    async end(key, id, outcome) {
      const all = underwayOf(key)
      all.delete(id)
      if (all.size === 0) underway.delete(key)
      if (outcome === 'success') failures?.delete(key)
      if (outcome !== 'failure') return
      // A window begins with its first failure: later failures do not extend it.
      failures ??= new LRUCache<string, number>({ max: MAX_KEYS, ttl: window * 1000, noUpdateTTL: true })
      failures.set(key, failuresOf(key) + 1)
    },
  }
}
