import type { Redis } from 'ioredis'
import { sha256 } from '../../../runtime/hash.ts'
import type { IdempotencyKeys } from '../../core/dial-policy/dial-limits.ts'
import { Refusal } from '../../core/refusal.ts'
import { orUnavailable } from './errors.ts'

const DAY_S = 86_400

/** Clients choose their keys, each user for themselves: of any length, with anything in it. */
const keyOf = (userId: string, key: string) => `hookswitch:dial-key:${userId}:${sha256(key)}`

/** The first one's call and fingerprint stay; whoever comes later is told them. */
const CLAIM = `
local known = redis.call('HMGET', KEYS[1], 'call', 'fingerprint')
if known[1] then return known end
redis.call('HSET', KEYS[1], 'call', ARGV[1], 'fingerprint', ARGV[2])
redis.call('EXPIRE', KEYS[1], ${DAY_S})
return { ARGV[1], ARGV[2] }
`

const RELEASE = `
if redis.call('HGET', KEYS[1], 'call') == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`

/** Idempotency keys in Redis, over all APIs. */
export function createIdempotencyKeys(redis: Redis): IdempotencyKeys {
  return {
    async claim(userId, key, fingerprint, callId) {
      const reply = redis.eval(CLAIM, 1, keyOf(userId, key), callId, fingerprint) as Promise<[string, string]> // CLAIM's return
      const [claimed, first] = await orUnavailable(reply)
      if (first === fingerprint) return claimed
      throw new Refusal('key_reused', { detail: 'this Idempotency-Key came with another request before' })
    },
    async release(userId, key, callId) {
      await orUnavailable(redis.eval(RELEASE, 1, keyOf(userId, key), callId))
    },
  }
}
