import type { Redis } from 'ioredis'
import {
  REVOCATION_LOG_KEY,
  STREAM_RENEWALS_KEY,
  streamRenewalFields,
} from '../../../contract/revocation-entries.ts'
import { isBefore } from '../../../runtime/redis-stream.ts'
import type { StreamRenewalPublisher } from '../../core/auth/stream-renewal.ts'
import { orUnavailable } from './errors.ts'

/**
 * About as many are stored; Redis may hold a hundred more. A sidecar reads each within a second, and where it did
 * not, the streams of that session end with their token and their clients come back.
 */
export const MAX_RENEWALS = 10_000

/** A sidecar reads renewals and revocations together, and a revocation wins whichever comes first. */
export function createStreamRenewalPublisher(redis: Redis): StreamRenewalPublisher {
  return {
    async publish(renewal) {
      await orUnavailable(
        redis.xadd(STREAM_RENEWALS_KEY, 'MAXLEN', '~', MAX_RENEWALS, '*', ...streamRenewalFields(renewal)),
      )
    },
  }
}

/** A sidecar has read a renewal by then, in ms. */
const READ_BY_MS = 60_000

/**
 * Removes from the revocation log the renewals that 0.1 wrote there, which otherwise stay for as long as a token may live.
 * @param ids of renewals in the log, and of nothing else
 */
export async function removeLegacyRenewals(
  redis: Redis,
  ids: readonly string[],
  nowMs: number,
): Promise<void> {
  const read = ids.filter((id) => isBefore(id, `${nowMs - READ_BY_MS}-0`))
  if (read.length > 0) await redis.xdel(REVOCATION_LOG_KEY, ...read)
}
