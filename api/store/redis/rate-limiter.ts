import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimiter } from '../../core/auth/rate-limiter.ts'
import { Refusal } from '../../core/refusal.ts'
import { networkOf } from '../../core/values/network.ts'

export interface RateLimiterSettings {
  /** Each surface counts addresses by itself, as its document requires. */
  surface: string
  /** Requests in `window` seconds. */
  perAddress: { max: number; window: number }
}

/** Counts requests in Redis, over all processes; in this process alone while Redis is unreachable, so that limits still apply. */
export function createRateLimiter(redis: Redis, { surface, perAddress }: RateLimiterSettings): RateLimiter {
  const limits = { points: perAddress.max, duration: perAddress.window }
  const addresses = new RateLimiterRedis({
    ...limits,
    storeClient: redis,
    keyPrefix: `hookswitch:throttle:address:${surface}`,
    insuranceLimiter: new RateLimiterMemory(limits),
  })
  return {
    consume: (address) => consume(addresses, networkOf(address)),
  }
}

/** Mails to one address, whichever client requests them: `consume` the hash of the address. */
export const createMailboxLimiter = (redis: Redis): RateLimiter =>
  createRateLimiter(redis, { surface: 'mailbox', perAddress: { max: 5, window: 3_600 } })

async function consume(limiter: RateLimiterRedis, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (err) {
    if (!(err instanceof RateLimiterRes)) throw new Refusal('unavailable', { retryAfter: 2, cause: err })
    throw new Refusal('throttled', { retryAfter: Math.max(1, Math.ceil(err.msBeforeNext / 1000)) })
  }
}
