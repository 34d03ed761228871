import type { Redis } from 'ioredis'
import { LRUCache } from 'lru-cache'

/** Where accounts have logged in lately: an account and its network, as one key. */
export interface KnownNetworks {
  has(place: string): Promise<boolean>
  /** Never throws: a place that is not noted is a stranger's. */
  add(place: string): Promise<void>
}

/** A person on holiday comes back to a known place. */
const KNOWN_TTL_S = 30 * 86_400

/** In Redis, for all processes; those of this process also in memory, for the time that Redis is away. */
export function createKnownNetworks(redis: Redis): KnownNetworks {
  const cached = new LRUCache<string, true>({ max: 10_000, ttl: KNOWN_TTL_S * 1000 })
  const keyOf = (place: string) => `hookswitch:attempts:known:${place}`
  return {
    async has(place) {
      if (cached.has(place)) return true
      return (await redis.exists(keyOf(place)).catch(() => 0)) === 1
    },
    async add(place) {
      cached.set(place, true)
      await redis.set(keyOf(place), '', 'EX', KNOWN_TTL_S).catch(() => {})
    },
  }
}
