import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { sha256 } from '../../../runtime/hash.ts'
import type {
  AddressAttempts,
  AttemptOutcome,
  AttemptTarget,
  LoginAttempts,
} from '../../core/auth/login-attempts.ts'
import { Refusal } from '../../core/refusal.ts'
import { networkOf } from '../../core/values/network.ts'
import { ATTEMPT_TTL_MS, type AttemptCounters, type ReserveResult } from './attempt-counters.ts'
import { createKnownNetworks } from './known-networks.ts'
import { createMemoryCounters } from './memory-attempt-counters.ts'
import type { RateLimit } from './rate-limiter.ts'

export interface LoginAttemptsSettings {
  /** Each surface counts addresses by itself, as its document has it. */
  surface: string
  perAddress: RateLimit
  /** Of one account from one network, shared by all surfaces: one account is one account. */
  perAccount: RateLimit
}

const RESERVE_TIMEOUT_MS = 10_000
/** How many times as many failures an account has from all networks together. */
const ALL_NETWORKS_FACTOR = 10

/**
 * Counts in Redis, over all processes; in this process alone while Redis is away, so that its absence never opens
 * the door to guessing.
 */
export function createLoginAttempts(
  redis: Redis,
  { surface, perAddress, perAccount }: LoginAttemptsSettings,
): LoginAttempts {
  const accountNetworks = createCounters(redis, 'place', perAccount)
  const accounts = createCounters(redis, 'account', {
    ...perAccount,
    max: perAccount.max * ALL_NETWORKS_FACTOR,
  })
  const knownNetworks = createKnownNetworks(redis)
  // A right login of one account says nothing of the guesses that the address made at others.
  const networks = createCounters(redis, `address:${surface}`, perAddress)

  return {
    async check(account, address) {
      requireNotThrottled(await networks.throttledFor(networkOf(address)))
      requireNotThrottled(await accountNetworks.throttledFor(networkKeyOf(revisionKeyOf(account), address)))
      if (await knownNetworks.has(networkKeyOf(account.id, address))) return
      requireNotThrottled(await accounts.throttledFor(hashOf(revisionKeyOf(account))))
    },
    async reserve(account, address) {
      const id = randomUUID()
      const knownAs = networkKeyOf(account.id, address)
      const place = { counts: accountNetworks, key: networkKeyOf(revisionKeyOf(account), address) }
      const others = [{ counts: networks, key: networkOf(address) }]
      if (!(await knownNetworks.has(knownAs)))
        others.push({ counts: accounts, key: hashOf(revisionKeyOf(account)) })
      await reserveAll([...others, place], id)
      return {
        async end(outcome) {
          await Promise.all([
            endAll([place], id, outcome),
            endAll(others, id, outcome === 'right' ? 'void' : outcome),
            outcome === 'right' && knownNetworks.add(knownAs),
          ])
        },
      }
    },
  }
}

/** The count of a surface's addresses alone. */
export function createAddressAttempts(
  redis: Redis,
  { surface, perAddress }: Pick<LoginAttemptsSettings, 'surface' | 'perAddress'>,
): AddressAttempts {
  const networks = createCounters(redis, `address:${surface}`, perAddress)
  return {
    async reserve(address) {
      const id = randomUUID()
      const claims = [{ counts: networks, key: networkOf(address) }]
      await reserveAll(claims, id)
      return { end: (outcome) => endAll(claims, id, outcome === 'right' ? 'void' : outcome) }
    },
  }
}

const createCounters = (redis: Redis, name: string, limit: RateLimit): AttemptCounters =>
  withMemoryFallback(createRedisCounters(redis, name, limit), createMemoryCounters(limit))

interface CounterKey {
  counts: AttemptCounters
  key: string
}

/**
 * Reserves in all counts, or in none. It waits without holding a place in any count: a wait may be longer than a
 * lease, and a place that it held would be free again before the attempt begins.
 * @throws {Refusal} as `Attempts.reserve`
 */
async function reserveAll(claims: readonly CounterKey[], id: string): Promise<void> {
  const deadline = performance.now() + RESERVE_TIMEOUT_MS
  for (;;) {
    const reserved = await tryReserveAll(claims, id)
    if (reserved.is === 'reserved') return
    if (reserved.is === 'throttled') requireNotThrottled(reserved.untilMs)
    if (performance.now() > deadline) throw new Refusal('unavailable', { retryAfter: 5 })
    await sleep(20)
  }
}

async function tryReserveAll(claims: readonly CounterKey[], id: string): Promise<ReserveResult> {
  for (const [held, { counts, key }] of claims.entries()) {
    const reserved = await counts.reserve(key, id)
    if (reserved.is === 'reserved') continue
    await endAll(claims.slice(0, held), id, 'void')
    return reserved
  }
  return { is: 'reserved' }
}

async function endAll(claims: readonly CounterKey[], id: string, outcome: AttemptOutcome): Promise<void> {
  await Promise.all(claims.map(({ counts, key }) => counts.end(key, id, outcome)))
}

function requireNotThrottled(throttledForMs: number | undefined): void {
  if (throttledForMs === undefined) return
  throw new Refusal('throttled', { retryAfter: Math.max(1, Math.ceil(throttledForMs / 1000)) })
}

/** An attempt that was reserved in one place and cannot be ended there fails in the other one, too. */
function withMemoryFallback(counts: AttemptCounters, memory: AttemptCounters): AttemptCounters {
  return {
    throttledFor: (key) => counts.throttledFor(key).catch(() => memory.throttledFor(key)),
    reserve: (key, id) => counts.reserve(key, id).catch(() => memory.reserve(key, id)),
    async end(key, id, outcome) {
      await Promise.all([
        counts.end(key, id, outcome).catch(() => memory.end(key, id, outcome)),
        memory.end(key, id, 'void'),
      ])
    },
  }
}

const RESERVE = `
local failures, underway, id = KEYS[1], KEYS[2], ARGV[1]
local most, lease = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local failed = tonumber(redis.call('GET', failures) or 0)
if failed >= most then return { 'throttled', redis.call('PTTL', failures) } end
redis.call('ZREMRANGEBYSCORE', underway, '-inf', now)
if failed + redis.call('ZCARD', underway) >= most then return { 'full', 0 } end
redis.call('ZADD', underway, now + lease, id)
redis.call('PEXPIRE', underway, lease)
return { 'reserved', 0 }
`

const END = `
local failures, underway, id = KEYS[1], KEYS[2], ARGV[1]
local outcome, window = ARGV[2], tonumber(ARGV[3])
redis.call('ZREM', underway, id)
if outcome == 'right' then redis.call('DEL', failures) end
if outcome == 'wrong' and redis.call('INCR', failures) == 1 then redis.call('PEXPIRE', failures, window) end
return 1
`

function createRedisCounters(redis: Redis, name: string, { max, window }: RateLimit): AttemptCounters {
  // One hash tag a key, so that a cluster has both in one place.
  const failuresOf = (key: string) => `{hookswitch:attempts:${name}:${key}}:failures`
  const keysOf = (key: string) => [failuresOf(key), `{hookswitch:attempts:${name}:${key}}:underway`] as const
  return {
    async throttledFor(key) {
      if (Number((await redis.get(failuresOf(key))) ?? 0) < max) return undefined
      return Math.max(0, await redis.pttl(failuresOf(key)))
    },
    async reserve(key, id) {
      const reply = redis.eval(RESERVE, 2, ...keysOf(key), id, max, ATTEMPT_TTL_MS) as Promise<
        [ReserveResult['is'], number] // RESERVE's return
      >
      const [is, untilMs] = await reply
      return is === 'throttled' ? { is, untilMs } : { is }
    },
    async end(key, id, outcome) {
      await redis.eval(END, 2, ...keysOf(key), id, outcome, window * 1000)
    },
  }
}

const revisionKeyOf = ({ id, revision }: AttemptTarget) => `${id}:${revision}`
const hashOf = (account: string) => sha256(account)
const networkKeyOf = (account: string, address: string) =>
  hashOf(JSON.stringify([account, networkOf(address)]))
