import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Lease } from '../../../../api/core/lease.ts'
import { createLease, fenceKeyOf } from '../../../../api/store/redis/lease.ts'
import { startProcess } from '../../../support/processes.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { waitUntil } from '../../../support/stack.ts'

let server: RedisServer
let redis: Redis
const open: Lease[] = []
beforeAll(async () => {
  server = await startRedis({ cluster: true })
  redis = await server.connect()
})
beforeEach(() => redis.flushall())
afterEach(() => Promise.all(open.splice(0).map((lease) => lease.close())))
afterAll(() => server?.stop())

const TTL_MS = 600
/** @param clock stands still where a process does */
function lease(
  instance: string,
  connection = redis,
  clock = () => performance.now(),
  onError: (err: unknown) => void = () => {},
) {
  const one = createLease({
    redis: connection,
    name: 'pbx',
    instance,
    monotonic: clock,
    onError,
    ttlMs: TTL_MS,
    intervalMs: 100,
  })
  open.push(one)
  return one
}
const held = (...leases: Lease[]) => leases.filter((one) => one.fence() !== undefined)

describe('a lease', () => {
  test('is one process’s at a time, and goes to another at once when it is given up', async () => {
    const [a, b] = [lease('a'), lease('b')]
    await waitUntil('one holds it', () => held(a, b).length === 1)
    await pause(TTL_MS * 2)
    expect(held(a, b)).toHaveLength(1)
    const [first] = held(a, b)
    const fence = first?.fence() ?? 0
    const other = first === a ? b : a
    await first?.close()
    await waitUntil('the other holds it', () => other.fence() !== undefined)
    expect(other.fence()).toBeGreaterThan(fence)
  })

  test('of a holder that sleeps goes to another, and the sleeper does not think it holds it', async () => {
    const mine = await server.connect()
    const a = lease('a', mine)
    await waitUntil('it is held', () => a.fence() !== undefined)
    const fence = a.fence() ?? 0
    // Its renewals no longer arrive.
    mine.disconnect()
    const b = lease('b')
    while (b.fence() === undefined) {
      await pause(5)
      expect(held(a, b).length).toBeLessThan(2)
    }
    expect(a.fence()).toBeUndefined()
    expect(b.fence()).toBeGreaterThan(fence)
  })

  test('of a process that is stopped goes to another; woken, it knows at once that it is the holder no more', async () => {
    const frozen = await startProcess('holder', server.url)
    try {
      const lines = frozen.lines()
      const next = async () => (await lines.next()).value
      void frozen.go()
      const pid = Number(await next())
      const fence = Number(await next())
      process.kill(pid, 'SIGSTOP')
      const b = lease('b')
      await waitUntil('the other holds it', () => b.fence() !== undefined)
      expect(b.fence()).toBeGreaterThan(fence)
      process.kill(pid, 'SIGCONT')
      expect(await next()).toBe('none')
      const fenceOfB = b.fence() ?? Number.POSITIVE_INFINITY
      await b.close()
      expect(Number(await next())).toBeGreaterThan(fenceOfB)
    } finally {
      await frozen.kill()
    }
  })

  test('that is passed on goes to another, and comes back where there is none', async () => {
    const a = lease('a')
    await waitUntil('it is held', () => a.fence() !== undefined)
    const fence = a.fence() ?? 0
    a.stepDown(200)
    expect(a.fence()).toBeUndefined()
    await waitUntil('nobody else wanted it', () => a.fence() !== undefined)
    expect(a.fence()).toBeGreaterThan(fence)

    const b = lease('b')
    await pause(TTL_MS)
    expect(held(a, b)).toEqual([a])
    a.stepDown(TTL_MS)
    await waitUntil('the other has it', () => b.fence() !== undefined)
    await pause(TTL_MS * 2)
    expect(held(a, b)).toEqual([b])
  })

  test('is lost by the own clock, whatever Redis says', async () => {
    let now = 0
    const a = lease('a', redis, () => now)
    await waitUntil('it is held', () => a.fence() !== undefined)
    now += TTL_MS
    expect(a.fence()).toBeUndefined()
  })

  test('is held on, and its other listeners hear of it, where a listener throws', async () => {
    const heard: (number | undefined)[] = []
    const faults: unknown[] = []
    const a = lease(
      'a',
      redis,
      () => performance.now(),
      (err) => faults.push(err),
    )
    a.onChange(() => {
      throw new Error('a fault of its own')
    })
    a.onChange((fence) => heard.push(fence))
    await waitUntil('it is held', () => a.fence() !== undefined && heard.length > 0)
    a.stepDown(200)
    expect(heard).toHaveLength(2)
    expect(faults).toHaveLength(2)
    await waitUntil('it is held again', () => a.fence() !== undefined)
  })

  test('rises its fence over a Redis that forgot everything', async () => {
    const a = lease('a')
    await waitUntil('it is held', () => a.fence() !== undefined)
    const fence = a.fence() ?? 0
    await a.close()
    await pause(5)
    await redis.flushall()
    const b = lease('b')
    await waitUntil('it is held', () => b.fence() !== undefined)
    expect(b.fence()).toBeGreaterThan(fence)
  })

  test('that Redis forgot while it was held is held on with a higher fence, or by another', async () => {
    const [a, b] = [lease('a'), lease('b')]
    await waitUntil('one holds it', () => held(a, b).length === 1)
    const fence = held(a, b)[0]?.fence() ?? 0
    await redis.flushall()
    await waitUntil('a new fence is given', async () => (await redis.get(fenceKeyOf('pbx'))) !== null)
    const given = Number(await redis.get(fenceKeyOf('pbx')))
    expect(given).toBeGreaterThan(fence)
    await waitUntil('only the new fence is held', () => held(a, b).every((one) => one.fence() === given))
    expect(held(a, b)).toHaveLength(1)
  })

  test('is nobody’s while Redis is away, which is told once, and somebody’s again after', async () => {
    const mine = await server.connect()
    const troubles: unknown[] = []
    const a = lease('a', mine, undefined, (err) => troubles.push(err))
    await waitUntil('it is held', () => a.fence() !== undefined)
    mine.disconnect()
    await waitUntil('it is lost', () => a.fence() === undefined)
    await pause(300)
    expect(troubles).toHaveLength(1)
    await mine.connect()
    await waitUntil('it is held again', () => a.fence() !== undefined)
  })

  test('tells of each change once', async () => {
    const a = lease('a')
    const told: (number | undefined)[] = []
    a.onChange((fence) => told.push(fence))
    await waitUntil('it is held', () => told.length === 1)
    await pause(300)
    await redis.set('{hookswitch:lease:pbx}', 'somebody else')
    await waitUntil('it is lost', () => told.length === 2)
    expect(told).toEqual([expect.any(Number), undefined])
  })
})
