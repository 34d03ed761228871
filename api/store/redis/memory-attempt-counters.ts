import { type Counts, LEASE_MS } from './attempt-counters.ts'
import type { Limit } from './rate-limiter.ts'

/** Failures and attempts under way of this process alone, for the time that Redis is away. */
export function createMemoryCounts({ most, window }: Limit, now: () => number = Date.now): Counts {
  const failures = new Map<string, { count: number; until: number }>()
  const underway = new Map<string, Map<string, number>>()

  function failed(key: string) {
    const found = failures.get(key)
    if (found === undefined || found.until > now()) return found
    failures.delete(key)
    return undefined
  }
  function live(key: string): Map<string, number> {
    const all = underway.get(key) ?? new Map<string, number>()
    for (const [id, until] of all) if (until <= now()) all.delete(id)
    return all
  }
  function sweep(): void {
    if (failures.size < 10_000) return
    for (const key of failures.keys()) failed(key)
  }

  return {
    async throttledFor(key) {
      const found = failed(key)
      return found !== undefined && found.count >= most ? found.until - now() : undefined
    },
    async reserve(key, id) {
      const found = failed(key)
      if (found !== undefined && found.count >= most) return { is: 'throttled', untilMs: found.until - now() }
      const all = live(key)
      if ((found?.count ?? 0) + all.size >= most) return { is: 'full' }
      underway.set(key, all.set(id, now() + LEASE_MS))
      return { is: 'reserved' }
    },
    async end(key, id, outcome) {
      const all = live(key)
      all.delete(id)
      if (all.size === 0) underway.delete(key)
      if (outcome === 'right') failures.delete(key)
      if (outcome !== 'wrong') return
      sweep()
      const found = failed(key) ?? { count: 0, until: now() + window * 1000 }
      failures.set(key, { ...found, count: found.count + 1 })
    },
  }
}
