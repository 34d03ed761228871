import { ATTEMPT_TTL_MS, type AttemptCounters } from './attempt-counters.ts'
import type { RateLimit } from './rate-limiter.ts'

/** Failures and attempts under way of this process alone, for the time that Redis is away. */
export function createMemoryCounters(
  { max, window }: RateLimit,
  now: () => number = Date.now,
): AttemptCounters {
  const failures = new Map<string, { count: number; until: number }>()
  const underway = new Map<string, Map<string, number>>()

  function findFailures(key: string) {
    const found = failures.get(key)
    if (found === undefined || found.until > now()) return found
    failures.delete(key)
    return undefined
  }
  function underwayOf(key: string): Map<string, number> {
    const all = underway.get(key) ?? new Map<string, number>()
    for (const [id, until] of all) if (until <= now()) all.delete(id)
    return all
  }
  function evictExpired(): void {
    if (failures.size < 10_000) return
    for (const key of failures.keys()) findFailures(key)
  }

  return {
    async throttledFor(key) {
      const found = findFailures(key)
      return found !== undefined && found.count >= max ? found.until - now() : undefined
    },
    async reserve(key, id) {
      const found = findFailures(key)
      if (found !== undefined && found.count >= max) return { is: 'throttled', untilMs: found.until - now() }
      const all = underwayOf(key)
      if ((found?.count ?? 0) + all.size >= max) return { is: 'full' }
      underway.set(key, all.set(id, now() + ATTEMPT_TTL_MS))
      return { is: 'reserved' }
    },
    async end(key, id, outcome) {
      const all = underwayOf(key)
      all.delete(id)
      if (all.size === 0) underway.delete(key)
      if (outcome === 'right') failures.delete(key)
      if (outcome !== 'wrong') return
      evictExpired()
      const found = findFailures(key) ?? { count: 0, until: now() + window * 1000 }
      failures.set(key, { ...found, count: found.count + 1 })
    },
  }
}
