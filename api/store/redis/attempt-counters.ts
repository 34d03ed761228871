import type { Redis } from 'ioredis'
import type {
  AttemptCounters,
  AttemptCountersFor,
  AttemptLimit,
  ReserveResult,
} from '../../core/auth/attempt-counters.ts'
import { ATTEMPT_TTL_MS, createMemoryCounters } from './memory-attempt-counters.ts'

/** Counts in Redis, over all processes; in this process alone while Redis is unreachable, so that limits still apply. */
export const createAttemptCounters =
  (redis: Redis): AttemptCountersFor =>
  (name, limit) =>
    withMemoryFallback(createRedisCounters(redis, name, limit), createMemoryCounters(limit))

/** Ends an attempt in both counters, since Redis may have failed between its reservation and its end. */
function withMemoryFallback(counters: AttemptCounters, memory: AttemptCounters): AttemptCounters {
  return {
    throttledFor: (key) => counters.throttledFor(key).catch(() => memory.throttledFor(key)),
    reserve: (key, id) => counters.reserve(key, id).catch(() => memory.reserve(key, id)),
    async end(key, id, outcome) {
      await Promise.all([
        counters.end(key, id, outcome).catch(() => memory.end(key, id, outcome)),
        memory.end(key, id, 'void'),
      ])
    },
  }
}

const RESERVE = `
local failures, underway, id = KEYS[1], KEYS[2], ARGV[1]
local max, ttl = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local failed = tonumber(redis.call('GET', failures) or 0)
if failed >= max then return { 'throttled', redis.call('PTTL', failures) } end
redis.call('ZREMRANGEBYSCORE', underway, '-inf', now)
if failed + redis.call('ZCARD', underway) >= max then return { 'full', 0 } end
redis.call('ZADD', underway, now + ttl, id)
redis.call('PEXPIRE', underway, ttl)
return { 'reserved', 0 }
`

const END = `
local failures, underway, id = KEYS[1], KEYS[2], ARGV[1]
local outcome, window = ARGV[2], tonumber(ARGV[3])
redis.call('ZREM', underway, id)
if outcome == 'success' then redis.call('DEL', failures) end
if outcome == 'failure' and redis.call('INCR', failures) == 1 then redis.call('PEXPIRE', failures, window) end
return 1
`

function createRedisCounters(redis: Redis, name: string, { max, window }: AttemptLimit): AttemptCounters {
  // The hash tag puts both keys into one slot of a cluster.
  const failuresOf = (key: string) => `{hookswitch:attempts:${name}:${key}}:failures`
  const keysOf = (key: string) => [failuresOf(key), `{hookswitch:attempts:${name}:${key}}:underway`] as const
  return {
    async throttledFor(key) {
      if (Number((await redis.get(failuresOf(key))) ?? 0) < max) return undefined
      return Math.max(0, await redis.pttl(failuresOf(key)))
    },
    async reserve(key, id) {
      const reply = redis.eval(RESERVE, 2, ...keysOf(key), id, max, ATTEMPT_TTL_MS) as Promise<
        [ReserveResult['is'], number] // what RESERVE returns
      >
      const [is, untilMs] = await reply
      return is === 'throttled' ? { is, untilMs } : { is }
    },
    async end(key, id, outcome) {
      await redis.eval(END, 2, ...keysOf(key), id, outcome, window * 1000)
    },
  }
}
