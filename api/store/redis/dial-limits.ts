import type { Redis } from 'ioredis'
import { DAY_S } from '../../../runtime/time.ts'
import type { DialLimits } from '../../core/dial-policy/dial-limits.ts'
import { Refusal } from '../../core/refusal.ts'
import { orUnavailable } from './errors.ts'

/** The hash tag puts both keys of a user into one slot of a cluster. */
const attemptsOf = (userId: string) => `{hookswitch:dial:${userId}}:attempts`
const liveOf = (userId: string) => `{hookswitch:dial:${userId}}:live`

const MINUTE_MS = 60_000
const DAY_MS = DAY_S * 1000
/** A call without a heartbeat for so long has ended: its API process has died. */
const CALL_TTL_MS = 60_000
/** A guess, since a call may end at any moment. */
const CONCURRENT_RETRY_MS = 5_000

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/**
 * Counts one attempt unless a limit is reached: per minute, per day, or of concurrent calls. A refused attempt is not
 * counted, so waiting helps. Returns the limit and the ms to wait, or `ok`.
 */
const ACQUIRE = `
${NOW}
local attempts, live, call = KEYS[1], KEYS[2], ARGV[1]
local perMinute, perDay, concurrent = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', attempts, '-inf', now - ${DAY_MS})
redis.call('ZREMRANGEBYSCORE', live, '-inf', now - ${CALL_TTL_MS})
local count = redis.call('ZCARD', attempts)

local function untilFree(max, window)
  local oldest = redis.call('ZRANGE', attempts, count - max, count - max, 'WITHSCORES')
  return oldest[2] + window - now
end
if count >= perDay then return { 'perDay', untilFree(perDay, ${DAY_MS}) } end
if redis.call('ZCOUNT', attempts, now - ${MINUTE_MS} + 1, '+inf') >= perMinute then
  return { 'perMinute', untilFree(perMinute, ${MINUTE_MS}) }
end
if redis.call('ZCARD', live) >= concurrent then return { 'concurrent', ${CONCURRENT_RETRY_MS} } end

redis.call('ZADD', attempts, now, call)
redis.call('PEXPIRE', attempts, ${DAY_MS})
redis.call('ZADD', live, now, call)
redis.call('PEXPIRE', live, ${CALL_TTL_MS})
return { 'ok', 0 }
`

/** Refreshes only calls that still count: a call that was released meanwhile is not added again. */
const HEARTBEAT = `
${NOW}
for _, call in ipairs(ARGV) do redis.call('ZADD', KEYS[1], 'XX', now, call) end
redis.call('PEXPIRE', KEYS[1], ${CALL_TTL_MS})
return 1
`

const DETAILS = {
  perMinute: 'too many calls within a minute',
  perDay: 'too many calls within a day',
  concurrent: 'too many calls at once',
}

/** Counts in Redis, over all API processes. While Redis is unreachable every call is refused: unlimited calls cost more. */
export function createDialLimits(redis: Redis): DialLimits {
  return {
    async acquire(userId, callId, { perMinute, perDay, concurrent }) {
      const keys = [attemptsOf(userId), liveOf(userId)] as const
      const reply = redis.eval(ACQUIRE, 2, ...keys, callId, perMinute, perDay, concurrent) as Promise<
        [keyof typeof DETAILS | 'ok', number] // what ACQUIRE returns
      >
      const [outcome, waitMs] = await orUnavailable(reply)
      if (outcome === 'ok') return
      const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
      throw new Refusal('throttled', { detail: DETAILS[outcome], retryAfter })
    },
    async release(userId, callId) {
      await orUnavailable(redis.zrem(liveOf(userId), callId))
    },
    async heartbeat(calls) {
      const byUser = new Map<string, string[]>()
      for (const { userId, callId } of calls) byUser.set(userId, [...(byUser.get(userId) ?? []), callId])
      const refreshed = [...byUser].map(([userId, own]) => redis.eval(HEARTBEAT, 1, liveOf(userId), ...own))
      await orUnavailable(Promise.all(refreshed))
    },
  }
}
