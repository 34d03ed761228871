import type { Redis } from 'ioredis'
import { z } from 'zod'
import { etagOf, type Snapshot, type SnapshotStore } from '../../core/messaging/snapshots.ts'
import { orUnavailable } from './errors.ts'

const keyOf = (channel: string) => `hookswitch:snapshot:${channel}`

/**
 * Numbers and stores atomically, so that two processes never give one number to two snapshots, and a stale fencing token
 * is rejected.
 */
const NUMBER_AND_STORE = `
local fence = tonumber(ARGV[3])
if fence and fence < tonumber(redis.call('HGET', KEYS[1], 'fence') or 0) then return false end
if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'seq', 0) end
if fence then redis.call('HSET', KEYS[1], 'fence', ARGV[3]) end
local seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
redis.call('HSET', KEYS[1], 'body', ARGV[2])
return { redis.call('HGET', KEYS[1], 'epoch'), seq }
`

const StoredSnapshot = z.object({ epoch: z.string(), seq: z.coerce.number(), body: z.string() })

/** Snapshots in Redis, so that they outlive nginx and the API. If Redis loses its data, a new epoch begins. */
export function createSnapshotStore(redis: Redis, newEpoch: () => string): SnapshotStore {
  return {
    async put(channel, body, fence) {
      const args = [newEpoch(), JSON.stringify(body), fence ?? '']
      const reply = await orUnavailable(
        redis.eval(NUMBER_AND_STORE, 1, keyOf(channel), ...args) as Promise<[string, number] | null>, // what NUMBER_AND_STORE returns
      )
      return reply === null ? undefined : numbered(channel, reply[0], reply[1], body)
    },
    async last(channel) {
      const stored = StoredSnapshot.safeParse(await orUnavailable(redis.hgetall(keyOf(channel))))
      if (!stored.success) return undefined
      const { epoch, seq, body } = stored.data
      return numbered(channel, epoch, seq, JSON.parse(body) as Record<string, unknown>) // only `put` writes it
    },
    async lastTag(channel) {
      const [epoch, seq] = await orUnavailable(redis.hmget(keyOf(channel), 'epoch', 'seq'))
      return epoch == null || seq == null ? undefined : etagOf({ epoch, seq: Number(seq) })
    },
  }
}

const numbered = (channel: string, epoch: string, seq: number, body: Record<string, unknown>): Snapshot => ({
  channel,
  epoch,
  seq,
  body: { ...body, seq, epoch },
})
