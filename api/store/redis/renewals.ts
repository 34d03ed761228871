import type { Redis } from 'ioredis'
import { LOG_KEY, renewalFields } from '../../../contract/revocation-entries.ts'
import type { RenewalSpreader } from '../../core/stream-renewal.ts'
import { orUnavailable } from './fault.ts'

/** Renewals travel with the revocations, so that both reach a sidecar in the order they were given. */
export function createRenewalSpreader(redis: Redis): RenewalSpreader {
  return {
    async spread(renewal) {
      await orUnavailable(redis.xadd(LOG_KEY, '*', ...renewalFields(renewal)))
    },
  }
}
