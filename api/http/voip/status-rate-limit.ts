import { createTokenBucket, type TokenBucket } from '../../../runtime/token-bucket.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'

const LIMIT = { burst: 10, perSecond: 1 }
/** With more users than this all buckets are cleared; a cleared bucket allows one more burst. */
const MAX_USERS = 10_000

/**
 * Limits status changes per user, over all sockets and sessions, because each change is sent to every socket.
 * @param monotonic ms
 */
export function rateLimitStatuses(
  statuses: Pick<UserStatuses, 'set'>,
  monotonic: () => number,
): Pick<UserStatuses, 'set'> {
  const buckets = new Map<string, TokenBucket>()
  return {
    async set(actor, status) {
      if (buckets.size > MAX_USERS) buckets.clear()
      const bucket = buckets.get(actor.userId) ?? createTokenBucket(LIMIT, monotonic)
      buckets.set(actor.userId, bucket)
      if (!bucket.take()) throw new Refusal('throttled', { retryAfter: LIMIT.burst })
      await statuses.set(actor, status)
    },
  }
}
