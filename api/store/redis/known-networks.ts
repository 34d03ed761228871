import type { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'
import { DAY_S } from '../../../runtime/time.ts'
import type { KnownNetworks } from '../../core/auth/attempt-counters.ts'

/** Long enough to cover a holiday. */
const KNOWN_TTL_S = 30 * DAY_S

/** In Redis, for all processes; those of this process also in memory, in case Redis is unreachable. */
export function createKnownNetworks(redis: Redis): KnownNetworks {
  const cache = new LRUCache<string, true>({ max: 10_000, ttl: KNOWN_TTL_S * 1000 })
  const keyOf = (key: string) => `hookswitch:attempts:known:${key}`
  return {
    async has(key) {
      if (cache.has(key)) return true
      return (await redis.exists(keyOf(key)).catch(() => 0)) === 1
    },
    async add(key) {
      cache.set(key, true)
      await redis.set(keyOf(key), '', 'EX', KNOWN_TTL_S).catch(() => {})
    },
  }
}
