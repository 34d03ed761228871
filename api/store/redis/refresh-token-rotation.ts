import type { Redis } from 'ioredis'
import type { RotationResult, RotationStore } from '../../core/auth/refresh-token-rotation.ts'
import { orUnavailable } from './errors.ts'

/** One key per session, so that it also works on a cluster. */
const keyOf = (sessionId: string) => `hookswitch:refresh:{${sessionId}}`

/**
 * The numbers distinguish lost data from theft: a genuine token with a higher number than the stored one means that
 * Redis lost data, a lower number that the token was used before. Redis's clock measures the grace period, so that all
 * processes agree. If the session has not recorded a rotation, its answer may have been lost: the client then has no
 * child and presents the parent again, however late.
 */
const ROTATE = `
local key = KEYS[1]
local presented, presentedHash = tonumber(ARGV[1]), ARGV[2]
local childHash, sealed = ARGV[3], ARGV[4]
local recordedNumber, recordedHash = tonumber(ARGV[5]), ARGV[6]
local grace, expiresAt = tonumber(ARGV[7]), tonumber(ARGV[8])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local state = redis.call('HMGET', key, 'number', 'hash', 'parent', 'sealed', 'until')
local number, hash = tonumber(state[1] or -1), state[2]
if recordedNumber > number then number, hash = recordedNumber, recordedHash end
if presented > number then number, hash = presented, presentedHash end

if presented == number and presentedHash == hash then
  redis.call('HSET', key, 'number', number + 1, 'hash', childHash, 'parent', presentedHash, 'sealed', sealed, 'until', now + grace)
  redis.call('EXPIREAT', key, expiresAt)
  return { 'rotated', '' }
end
if presented == number - 1 and state[3] == presentedHash then
  local unrecorded = recordedNumber == presented and recordedHash == presentedHash
  if unrecorded or now < tonumber(state[5]) then return { 'replayed', state[4] } end
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
      ) as Promise<[RotationResult['outcome'], string]> // what ROTATE returns
      const [outcome, sealed] = await orUnavailable(reply)
      return outcome === 'replayed' ? { outcome, sealed } : { outcome }
    },
    async delete(sessionId) {
      await redis.del(keyOf(sessionId)).catch(() => {})
    },
  }
}
