import type { Statuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import { type Bucket, createBucket } from './token-bucket.ts'

const PER_SECOND = 1
const BURST = 10
/** Beyond so many people the counts start afresh: a forgotten count lets a few more through, no more than that. */
const MOST_PEOPLE = 10_000

/**
 * Everybody with a socket hears of each change of a status, so nobody may cause many, by however many sockets
 * and sessions.
 * @param monotonic ms
 */
export function limitStatuses(
  statuses: Pick<Statuses, 'set'>,
  monotonic: () => number,
): Pick<Statuses, 'set'> {
  const buckets = new Map<string, Bucket>()
  return {
    async set(actor, status) {
      if (buckets.size > MOST_PEOPLE) buckets.clear()
      const bucket = buckets.get(actor.userId) ?? createBucket(PER_SECOND, BURST, monotonic)
      buckets.set(actor.userId, bucket)
      if (!bucket.take()) throw new Refusal('throttled', { retryAfter: BURST })
      await statuses.set(actor, status)
    },
  }
}
