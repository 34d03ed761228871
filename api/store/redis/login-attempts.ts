import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Account, AddressAttempts, Attempts, Outcome } from '../../core/auth/login-attempts.ts'
import { Refusal } from '../../core/refusal.ts'
import { network } from '../../core/values/network.ts'
import { type Counts, LEASE_MS, type Reserved } from './attempt-counters.ts'
import { createKnownPlaces } from './known-networks.ts'
import { createMemoryCounts } from './memory-attempt-counters.ts'
import type { Limit } from './rate-limiter.ts'

export interface AttemptsSettings {
  /** Each surface counts addresses by itself, as its document has it. */
  surface: string
  perAddress: Limit
  /** Of one account from one network, shared by all surfaces: one account is one account. */
  perAccount: Limit
}

const PATIENCE_MS = 10_000
/** How many times as many failures an account has from all networks together. */
const EVERYWHERE = 10

/**
 * Counts in Redis, over all processes; in this process alone while Redis is away, so that its absence never opens
 * the door to guessing.
 */
export function createAttempts(
  redis: Redis,
  { surface, perAddress, perAccount }: AttemptsSettings,
): Attempts {
  const places = counted(redis, 'place', perAccount)
  const accounts = counted(redis, 'account', { ...perAccount, most: perAccount.most * EVERYWHERE })
  const known = createKnownPlaces(redis)
  // A right login of one account says nothing of the guesses that the address made at others.
  const addresses = counted(redis, `address:${surface}`, perAddress)

  return {
    async check(account, address) {
      mustNotBe(await addresses.throttledFor(network(address)))
      mustNotBe(await places.throttledFor(placeOf(countedAs(account), address)))
      if (await known.has(placeOf(account.id, address))) return
      mustNotBe(await accounts.throttledFor(hashed(countedAs(account))))
    },
    async reserve(account, address) {
      const id = randomUUID()
      const knownAs = placeOf(account.id, address)
      const place = { counts: places, key: placeOf(countedAs(account), address) }
      const others = [{ counts: addresses, key: network(address) }]
      if (!(await known.has(knownAs))) others.push({ counts: accounts, key: hashed(countedAs(account)) })
      await claim([...others, place], id)
      return {
        async end(outcome) {
          await Promise.all([
            end([place], id, outcome),
            end(others, id, outcome === 'right' ? 'void' : outcome),
            outcome === 'right' && known.add(knownAs),
          ])
        },
      }
    },
  }
}

/** The count of a surface's addresses alone. */
export function createAddressAttempts(
  redis: Redis,
  { surface, perAddress }: Pick<AttemptsSettings, 'surface' | 'perAddress'>,
): AddressAttempts {
  const addresses = counted(redis, `address:${surface}`, perAddress)
  return {
    async reserve(address) {
      const id = randomUUID()
      const claims = [{ counts: addresses, key: network(address) }]
      await claim(claims, id)
      return { end: (outcome) => end(claims, id, outcome === 'right' ? 'void' : outcome) }
    },
  }
}

const counted = (redis: Redis, name: string, limit: Limit): Counts =>
  insured(createRedisCounts(redis, name, limit), createMemoryCounts(limit))

interface Claim {
  counts: Counts
  key: string
}

/**
 * Reserves in all counts, or in none. It waits without holding a place in any count: a wait may be longer than a
 * lease, and a place that it held would be free again before the attempt begins.
 * @throws {Refusal} as `Attempts.reserve`
 */
async function claim(claims: readonly Claim[], id: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const reserved = await claimNow(claims, id)
    if (reserved.is === 'reserved') return
    if (reserved.is === 'throttled') mustNotBe(reserved.untilMs)
    if (performance.now() > deadline) throw new Refusal('unavailable', { retryAfter: 5 })
    await sleep(20)
  }
}

async function claimNow(claims: readonly Claim[], id: string): Promise<Reserved> {
  for (const [held, { counts, key }] of claims.entries()) {
    const reserved = await counts.reserve(key, id)
    if (reserved.is === 'reserved') continue
    await end(claims.slice(0, held), id, 'void')
    return reserved
  }
  return { is: 'reserved' }
}

async function end(claims: readonly Claim[], id: string, outcome: Outcome): Promise<void> {
  await Promise.all(claims.map(({ counts, key }) => counts.end(key, id, outcome)))
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

const countedAs = ({ id, revision }: Account) => `${id}:${revision}`
const hashed = (account: string) => createHash('sha256').update(account).digest('base64url')
const placeOf = (account: string, address: string) => hashed(JSON.stringify([account, network(address)]))
