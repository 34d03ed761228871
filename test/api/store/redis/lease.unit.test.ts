import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLease } from '../../../../api/store/redis/lease.ts'
import type { FailureStreak } from '../../../../runtime/failure-reporter.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A lease at a Redis that answers, or fails each request. */
function startLease() {
  const reported: string[] = []
  const redis: { isAvailable: boolean; granted: number | null } = { isAvailable: true, granted: 1 }
  const lease = createLease({
    redis: {
      async eval() {
        if (!redis.isAvailable) throw new Error('Connection is closed.')
        return redis.granted
      },
    } as never,
    name: 'pbx',
    instance: 'a',
    monotonic: () => Date.now(),
    onFailure: Object.assign((err: unknown) => void reported.push(String(err)), {
      recovered: ({ failures }: FailureStreak) => void reported.push(`recovered after ${failures}`),
    }),
    onListenerError: (err) => void reported.push(String(err)),
  })
  return { lease, redis, reported }
}

test('a lease reports the first of many failed requests, and the recovery', async () => {
  const { lease, redis, reported } = startLease()
  redis.isAvailable = false
  await vi.advanceTimersByTimeAsync(7_000)
  expect(reported).toEqual(['Error: Connection is closed.'])
  redis.isAvailable = true
  await vi.advanceTimersByTimeAsync(700)
  expect(reported).toEqual(['Error: Connection is closed.', 'recovered after 10'])
  await lease.close()
})

test('a lease that cannot be requested is reported again every ten minutes', async () => {
  const { lease, redis, reported } = startLease()
  redis.isAvailable = false
  await vi.advanceTimersByTimeAsync(25 * 60_000)
  expect(reported).toHaveLength(3)
  await lease.close()
})

test('a lease knows that another process holds it, until it cannot be requested for as long as a lease lasts', async () => {
  const { lease, redis } = startLease()
  redis.granted = null
  await vi.advanceTimersByTimeAsync(4_000)
  expect([lease.fence(), lease.isHeldElsewhere()]).toEqual([undefined, true])
  redis.isAvailable = false
  await vi.advanceTimersByTimeAsync(4_000)
  expect([lease.fence(), lease.isHeldElsewhere()]).toEqual([undefined, false])
  redis.isAvailable = true
  redis.granted = 2
  await vi.advanceTimersByTimeAsync(1_000)
  expect([lease.fence(), lease.isHeldElsewhere()]).toEqual([2, false])
  await lease.close()
})
