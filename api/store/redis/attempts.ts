import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Attempt, Attempts } from '../../core/attempts.ts'
import { network } from '../../core/network.ts'
import { Refusal } from '../../core/refusal.ts'
import { type Counts, LEASE_MS, type Reserved } from './attempt-counts.ts'
import { createMemoryCounts } from './attempts-memory.ts'
import type { Limit } from './throttle.ts'

export interface AttemptsSettings {
  /** Each surface counts addresses by itself, as its document has it. */
  surface: string
  perAddress: Limit
  /** Shared by all surfaces: one account is one account. */
  perAccount: Limit
}

const PATIENCE_MS = 10_000

/**
 * Counts in Redis, over all processes; in this process alone while Redis is away, so that its absence never opens
 * the door to guessing.
 */
export function createAttempts(
  redis: Redis,
  { surface, perAddress, perAccount }: AttemptsSettings,
): Attempts {
  const accounts = insured(createRedisCounts(redis, 'account', perAccount), createMemoryCounts(perAccount))
  // A right login of one account says nothing of the guesses that the address made at others.
  const addresses = insured(
    createRedisCounts(redis, `address:${surface}`, perAddress),
    createMemoryCounts(perAddress),
  )

  return {
    async check(account, address) {
      mustNotBe(await addresses.throttledFor(network(address)))
      mustNotBe(await accounts.throttledFor(hashed(account)))
    },
    async reserve(account, address) {
      const id = randomUUID()
      const ofAddress = await claim(addresses, network(address), id)
      const ofAccount = await claim(accounts, hashed(account), id).catch(async (err) => {
        await ofAddress.end('void')
        throw err
      })
      return {
        async end(outcome) {
          await Promise.all([ofAddress.end(outcome === 'right' ? 'void' : outcome), ofAccount.end(outcome)])
        },
      }
    },
  }
}

/** @throws {Refusal} as `Attempts.reserve` */
async function claim(counts: Counts, key: string, id: string): Promise<Attempt> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const reserved = await counts.reserve(key, id)
    if (reserved.is === 'reserved') return { end: (outcome) => counts.end(key, id, outcome) }
    if (reserved.is === 'throttled') mustNotBe(reserved.untilMs)
    if (performance.now() > deadline) throw new Refusal('unavailable', { retryAfter: 5 })
    await sleep(20)
  }
}

function mustNotBe(throttledForMs: number | undefined): void {
  if (throttledForMs === undefined) return
  throw new Refusal('throttled', { retryAfter: Math.max(1, Math.ceil(throttledForMs / 1000)) })
}

/** An attempt that was reserved in one place and cannot be ended there fails in the other one, too. */
function insured(counts: Counts, memory: Counts): Counts {
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

function createRedisCounts(redis: Redis, name: string, { most, window }: Limit): Counts {
  // One hash tag a key, so that a cluster has both in one place.
  const failuresOf = (key: string) => `{hookswitch:attempts:${name}:${key}}:failures`
  const keysOf = (key: string) => [failuresOf(key), `{hookswitch:attempts:${name}:${key}}:underway`] as const
  return {
    async throttledFor(key) {
      if (Number((await redis.get(failuresOf(key))) ?? 0) < most) return undefined
      return Math.max(0, await redis.pttl(failuresOf(key)))
    },
    async reserve(key, id) {
      const reply = redis.eval(RESERVE, 2, ...keysOf(key), id, most, LEASE_MS) as Promise<
        [Reserved['is'], number] // RESERVE's return
      >
      const [is, untilMs] = await reply
      return is === 'throttled' ? { is, untilMs } : { is }
    },
    async end(key, id, outcome) {
      await redis.eval(END, 2, ...keysOf(key), id, outcome, window * 1000)
    },
  }
}

const hashed = (account: string) => createHash('sha256').update(account).digest('base64url')
