import type { Redis } from 'ioredis'
import { withDeadline } from '../../../runtime/deadline.ts'
import { createFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import { createListeners } from '../../../runtime/listeners.ts'
import type { Lease } from '../../core/lease.ts'

export interface LeaseNeeds {
  redis: Redis
  /** Of the lease, such as `pbx`. */
  name: string
  /** Differs for each process. */
  instance: string
  /** When it expires after its last renewal. */
  ttlMs?: number
  intervalMs?: number
  /** In ms. */
  monotonic(): number
  /** Requests to Redis fail, and succeed again: see `createFailureReporter`. */
  onFailure: FailureHandler
  /** Receives what a listener throws. */
  onListenerError(err: unknown): void
}

const keyOf = (name: string) => `{hookswitch:lease:${name}}`
/**
 * Holds the highest fencing token ever issued for this lease. A write script rejects a lower token. If its data is in
 * another slot than this key, it stores the highest token that it was given beside the data.
 */
export const fenceKeyOf = (name: string): string => `${keyOf(name)}:fence`

/**
 * Acquires a free lease or renews its own: returns the fencing token, or false. A new token is higher than every token
 * that Redis and this process know, and than the time in ms, so it rises even after Redis lost all data.
 */
const ACQUIRE = `
local holder, counter = redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return false end
if holder and counter then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return tonumber(counter)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fence = math.max(tonumber(counter or 0) + 1, tonumber(ARGV[3]) + 1, now)
redis.call('SET', KEYS[2], string.format('%.0f', fence))
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return fence
`

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`

/**
 * A lease in Redis. The holder measures its time from before the request, with its monotonic clock: a holder that stalls
 * or loses Redis stops holding the lease before Redis gives it to another process.
 */
export function createLease(needs: LeaseNeeds): Lease {
  const { redis, name, instance, ttlMs = 3_000, intervalMs = 700, monotonic } = needs
  const key = keyOf(name)
  const listeners = createListeners<[fence: number | undefined]>(needs.onListenerError)
  const reporter = createFailureReporter(needs.onFailure)
  let held: { fence: number; until: number } | undefined
  let heldElsewhereUntil = Number.NEGATIVE_INFINITY
  let highest = 0
  let notifiedFence: number | undefined
  let isAcquiring = false
  let isClosed = false
  let steppedDownUntil = Number.NEGATIVE_INFINITY

  const fence = () => (held !== undefined && monotonic() < held.until ? held.fence : undefined)

  function notifyChange() {
    const current = fence()
    if (current === notifiedFence) return
    notifiedFence = current
    listeners.notify(current)
  }

  async function acquire() {
    isAcquiring = true
    const requestedAt = monotonic()
    try {
      const granted = (await redis.eval(ACQUIRE, 2, key, fenceKeyOf(name), instance, ttlMs, highest)) as
        | number
        | null // what ACQUIRE returns
      if (isClosed) return
      reporter.succeeded()
      heldElsewhereUntil = granted === null ? requestedAt + ttlMs : Number.NEGATIVE_INFINITY
      if (requestedAt < steppedDownUntil) return
      held = granted === null ? undefined : { fence: granted, until: requestedAt + ttlMs }
      highest = Math.max(highest, granted ?? 0)
    } catch (err) {
      if (!isClosed) reporter.failed(err)
    } finally {
      isAcquiring = false
    }
  }

  /** Also runs while a request is pending: its answer may never come, and the lease expires all the same. */
  function tick() {
    notifyChange()
    if (!isAcquiring && monotonic() >= steppedDownUntil) void acquire().then(notifyChange)
  }
  const timer = setInterval(tick, intervalMs).unref()
  tick()

  return {
    fence,
    isHeldElsewhere: () => fence() === undefined && monotonic() < heldElsewhereUntil,
    onChange: (listener) => void listeners.add(listener),
    stepDown(forMs) {
      if (fence() === undefined) return
      steppedDownUntil = monotonic() + forMs
      held = undefined
      notifyChange()
      redis.eval(RELEASE, 1, key, instance).catch(() => {}) // the lease then expires
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      held = undefined
      notifyChange()
      // If Redis does not answer or fails, the lease expires.
      const released = redis.eval(RELEASE, 1, key, instance)
      await withDeadline(released, ttlMs, () => new Error('Redis did not answer')).catch(() => {})
    },
  }
}
