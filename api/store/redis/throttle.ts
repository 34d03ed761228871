import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Throttle } from '../../core/login.ts'
import { Refusal } from '../../core/refusal.ts'

export interface Limit {
  /** Attempts in `window` seconds. */
  most: number
  window: number
}

export interface ThrottleSettings {
  /** Each surface counts addresses by itself, as its document has it. */
  surface: string
  perAddress: Limit
  /** Shared by all surfaces: one account is one account. */
  perAccount: Limit
}

/**
 * Counts attempts in Redis, over all processes; in this process alone while Redis is away, so that its
 * absence never opens the door to guessing.
 */
export function createThrottle(
  redis: Redis,
  { surface, perAddress, perAccount }: ThrottleSettings,
): Throttle {
  const limiter = (name: string, { most, window }: Limit) => {
    const limits = { points: most, duration: window }
    return new RateLimiterRedis({
      ...limits,
      storeClient: redis,
      keyPrefix: `hookswitch:throttle:${name}`,
      insuranceLimiter: new RateLimiterMemory(limits),
    })
  }
  const accounts = limiter('account', perAccount)
  const addresses = limiter(`address:${surface}`, perAddress)

  return {
    async takeAddress(address) {
      await consume(addresses, network(address))
    },
    async take(account, address) {
      await consume(addresses, network(address))
      await consume(accounts, hashed(account))
    },
    async forgive(account, address) {
      // A count that stays too high is no reason to fail a right login.
      await Promise.allSettled([accounts.delete(hashed(account)), addresses.reward(network(address))])
    },
  }
}

async function consume(limiter: RateLimiterRedis, key: string): Promise<void> {
  try {
    await limiter.consume(key)
  } catch (err) {
    if (!(err instanceof RateLimiterRes)) throw new Refusal('unavailable', { retryAfter: 2, cause: err })
    throw new Refusal('throttled', { retryAfter: Math.max(1, Math.ceil(err.msBeforeNext / 1000)) })
  }
}

const hashed = (account: string) => createHash('sha256').update(account).digest('base64url')

/** One customer of IPv6 has a /64 of addresses to try from. */
export function network(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array<string>(8 - left.length - right.length).fill('0') : []
  const groups = [...left, ...zeros, ...right].slice(0, 4)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
