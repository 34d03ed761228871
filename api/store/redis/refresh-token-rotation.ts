import type { Redis } from 'ioredis'
import type { RotationResult, RotationStore } from '../../core/auth/refresh-token-rotation.ts'
import { orUnavailable } from './errors.ts'

/** One key a session: right on a cluster, too. */
const keyOf = (sessionId: string) => `hookswitch:refresh:{${sessionId}}`

/**
 * Numbers tell a lost store from theft: a genuine secret with a higher number than is known means that we
 * forgot, a lower one that it was used before. Redis's own clock measures the grace, so that all processes agree.
 * A rotation that the session has not noted may have lost its answer on the way: nobody got the child then, and
 * its parent is no copy, however late it comes.
 */
const ROTATE = `
local key = KEYS[1]
local presented, presentedHash = tonumber(ARGV[1]), ARGV[2]
local childHash, sealed = ARGV[3], ARGV[4]
local keptNumber, keptHash = tonumber(ARGV[5]), ARGV[6]
local grace, expiresAt = tonumber(ARGV[7]), tonumber(ARGV[8])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local state = redis.call('HMGET', key, 'number', 'hash', 'parent', 'sealed', 'until')
local number, hash = tonumber(state[1] or -1), state[2]
if keptNumber > number then number, hash = keptNumber, keptHash end
if presented > number then number, hash = presented, presentedHash end

if presented == number and presentedHash == hash then
  redis.call('HSET', key, 'number', number + 1, 'hash', childHash, 'parent', presentedHash, 'sealed', sealed, 'until', now + grace)
  redis.call('EXPIREAT', key, expiresAt)
  return { 'rotated', '' }
end
if presented == number - 1 and state[3] == presentedHash then
  local unnoted = keptNumber == presented and keptHash == presentedHash
  if unnoted or now < tonumber(state[5]) then return { 'replayed', state[4] } end
end
return { 'reused', '' }
`

export function createRotationStore(redis: Redis): RotationStore {
  return {
    async rotate({ sessionId, presented, child, sessionState, graceMs, expiresAt }) {
      const reply = redis.eval(
        ROTATE,
        1,
        keyOf(sessionId),
        presented.number,
        presented.hash,
        child.hash,
        child.sealed,
        sessionState?.number ?? -1,
        sessionState?.hash ?? '',
        graceMs,
        expiresAt,
      ) as Promise<[RotationResult['outcome'], string]> // ROTATE's return
      const [outcome, sealed] = await orUnavailable(reply)
      return outcome === 'replayed' ? { outcome, sealed } : { outcome }
    },
    async delete(sessionId) {
      await redis.del(keyOf(sessionId)).catch(() => {})
    },
  }
}
