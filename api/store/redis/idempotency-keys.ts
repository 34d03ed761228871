import type { Redis } from 'ioredis'
import { sha256 } from '../../../runtime/hash.ts'
import { DAY_S } from '../../../runtime/time.ts'
import type { IdempotencyKeys } from '../../core/dial-policy/dial-limits.ts'
import { Refusal } from '../../core/refusal.ts'
import { orUnavailable } from './errors.ts'

/** Clients choose keys of any length and content; they are hashed, and scoped to the user. */
const keyOf = (userId: string, key: string) => `hookswitch:dial-key:${userId}:${sha256(key)}`

/** Stores call and fingerprint of the first request with a key, and returns the stored ones. */
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

/** Idempotency keys in Redis, over all API processes. */
export function createIdempotencyKeys(redis: Redis): IdempotencyKeys {
  return {
    async claim(userId, key, fingerprint, callId) {
      const reply = redis.eval(CLAIM, 1, keyOf(userId, key), callId, fingerprint) as Promise<[string, string]> // what CLAIM returns
      const [claimed, first] = await orUnavailable(reply)
      if (first === fingerprint) return claimed
      throw new Refusal('key_reused', { detail: 'this Idempotency-Key came with another request before' })
    },
    async release(userId, key, callId) {
      await orUnavailable(redis.eval(RELEASE, 1, keyOf(userId, key), callId))
    },
  }
}
