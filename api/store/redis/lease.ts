import type { Redis } from 'ioredis'
import { createListeners } from '../../../runtime/listeners.ts'
import type { Lease } from '../../core/lease.ts'

export interface LeaseNeeds {
  redis: Redis
  /** What there is one right to, such as `pbx`. */
  name: string
  /** Differs for each process. */
  instance: string
  /** How long it outlives its holder's last word. */
  ttlMs?: number
  intervalMs?: number
  /** In ms. */
  monotonic(): number
  /** Once each time Redis cannot be asked any more, and for what a listener has thrown. */
  onError(err: unknown): void
}

const keyOf = (name: string) => `{hookswitch:lease:${name}}`
/**
 * Holds the highest fence ever given for this lease. A write refuses a fence when the highest one it knows is
 * above it; where it is in another slot than this key, it keeps the highest one it was given beside its data.
 */
export const fenceKeyOf = (name: string): string => `${keyOf(name)}:fence`

/**
 * Takes it if nobody has it, keeps it if it is ours: its fence, or false. A new fence is above all that Redis
 * and this process know of and above the time in ms, so that it rises even after Redis lost everything.
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
 * A lease in Redis. Its holder counts its time from before it asked, by its own steady clock: whoever sleeps
 * or loses Redis stops holding it before Redis gives it to another.
 */
export function createLease(needs: LeaseNeeds): Lease {
  const { redis, name, instance, ttlMs = 3_000, intervalMs = 700, monotonic, onError } = needs
  const key = keyOf(name)
  const listeners = createListeners<[fence: number | undefined]>(onError)
  let held: { fence: number; until: number } | undefined
  let highest = 0
  let notifiedFence: number | undefined
  let isAcquiring = false
  let isFailing = false
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
    const askedAt = monotonic()
    try {
      const given = (await redis.eval(ACQUIRE, 2, key, fenceKeyOf(name), instance, ttlMs, highest)) as
        | number
        | null // HOLD's return
      if (isClosed || askedAt < steppedDownUntil) return
      held = given === null ? undefined : { fence: given, until: askedAt + ttlMs }
      highest = Math.max(highest, given ?? 0)
      isFailing = false
    } catch (err) {
      if (!isFailing && !isClosed) onError(err)
      isFailing = true
    } finally {
      isAcquiring = false
    }
  }

  /** Also while an answer is awaited: it may never come, and the time runs out all the same. */
  function tick() {
    notifyChange()
    if (!isAcquiring && monotonic() >= steppedDownUntil) void acquire().then(notifyChange)
  }
  const timer = setInterval(tick, intervalMs).unref()
  tick()

  return {
    fence,
    onChange: (listener) => void listeners.add(listener),
    stepDown(forMs) {
      if (fence() === undefined) return
      steppedDownUntil = monotonic() + forMs
      held = undefined
      notifyChange()
      redis.eval(RELEASE, 1, key, instance).catch(() => {}) // then it ends by itself
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      held = undefined
      notifyChange()
      // Behind what was asked before on this connection. A Redis that does not answer forgets by itself.
      const released = redis.eval(RELEASE, 1, key, instance).catch(() => {})
      let timeout: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timeout = setTimeout(resolve, ttlMs)
      })
      await Promise.race([released, late])
      clearTimeout(timeout)
    },
  }
}
