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
 * The approximate length of the stream. A sidecar reads each renewal within a second; if it misses one, the streams of
 * that session end with their token and their clients reconnect.
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

/** Every sidecar has read a renewal of this age, in ms. */
const READ_BY_MS = 60_000

/**
 * Removes from the revocation stream the renewals that version 0.1 wrote there: otherwise they stay for the longest
 * lifetime of a token.
 * @param ids of renewals only
 */
export async function removeLegacyRenewals(
  redis: Redis,
  ids: readonly string[],
  nowMs: number,
): Promise<void> {
  const read = ids.filter((id) => isBefore(id, `${nowMs - READ_BY_MS}-0`))
  if (read.length > 0) await redis.xdel(REVOCATION_LOG_KEY, ...read)
}
