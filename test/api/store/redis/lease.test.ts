import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Lease } from '../../../../api/core/lease.ts'
import { createLease, fenceKeyOf } from '../../../../api/store/redis/lease.ts'
import type { FailureHandler } from '../../../../runtime/failure-reporter.ts'
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
/** @param clock monotonic; a test may stop it */
function lease(
  instance: string,
  connection = redis,
  clock = () => performance.now(),
  onListenerError: (err: unknown) => void = () => {},
  onFailure: FailureHandler = () => {},
) {
  const one = createLease({
    redis: connection,
    name: 'pbx',
    instance,
    monotonic: clock,
    onFailure,
    onListenerError,
    ttlMs: TTL_MS,
    intervalMs: 100,
  })
  open.push(one)
  return one
}
const held = (...leases: Lease[]) => leases.filter((one) => one.fence() !== undefined)

describe('a lease', () => {
  test('has one holder at a time, and goes to another process as soon as it is released', async () => {
    const [a, b] = [lease('a'), lease('b')]
    await waitUntil('one holds it', () => held(a, b).length === 1)
    await sleep(TTL_MS * 2)
    expect(held(a, b)).toHaveLength(1)
    const [first] = held(a, b)
    const fence = first?.fence() ?? 0
    const other = first === a ? b : a
    await first?.close()
    await waitUntil('the other holds it', () => other.fence() !== undefined)
    expect(other.fence()).toBeGreaterThan(fence)
  })

  test('of a stalled holder goes to another process, and the two never hold it at once', async () => {
    const mine = await server.connect()
    const a = lease('a', mine)
    await waitUntil('it is held', () => a.fence() !== undefined)
    const fence = a.fence() ?? 0
    // Its renewals no longer arrive.
    mine.disconnect()
    const b = lease('b')
    while (b.fence() === undefined) {
      await sleep(5)
      expect(held(a, b).length).toBeLessThan(2)
    }
    expect(a.fence()).toBeUndefined()
    expect(b.fence()).toBeGreaterThan(fence)
  })

  test('of a suspended process goes to another; after it resumes the process knows at once that it lost the lease', async () => {
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

  test('goes to another process after `stepDown`, and returns if there is none', async () => {
    const a = lease('a')
    await waitUntil('it is held', () => a.fence() !== undefined)
    const fence = a.fence() ?? 0
    a.stepDown(200)
    expect(a.fence()).toBeUndefined()
    await waitUntil('no other process acquired it', () => a.fence() !== undefined)
    expect(a.fence()).toBeGreaterThan(fence)

    const b = lease('b')
    await sleep(TTL_MS)
    expect(held(a, b)).toEqual([a])
    a.stepDown(TTL_MS)
    await waitUntil('the other has it', () => b.fence() !== undefined)
    await sleep(TTL_MS * 2)
    expect(held(a, b)).toEqual([b])
  })

  test('expires by the holder’s own clock, whatever Redis returns', async () => {
    let now = 0
    const a = lease('a', redis, () => now)
    await waitUntil('it is held', () => a.fence() !== undefined)
    now += TTL_MS
    expect(a.fence()).toBeUndefined()
  })

  test('stays held, and its other listeners are called, when a listener throws', async () => {
    const changes: (number | undefined)[] = []
    const errors: unknown[] = []
    const a = lease(
      'a',
      redis,
      () => performance.now(),
      (err) => errors.push(err),
    )
    a.onChange(() => {
      throw new Error('a listener failed')
    })
    a.onChange((fence) => changes.push(fence))
    await waitUntil('it is held', () => a.fence() !== undefined && changes.length > 0)
    a.stepDown(200)
    expect(changes).toHaveLength(2)
    expect(errors).toHaveLength(2)
    await waitUntil('it is held again', () => a.fence() !== undefined)
  })

  test('gets a higher fencing token after Redis lost all data', async () => {
    const a = lease('a')
    await waitUntil('it is held', () => a.fence() !== undefined)
    const fence = a.fence() ?? 0
    await a.close()
    await sleep(5)
    await redis.flushall()
    const b = lease('b')
    await waitUntil('it is held', () => b.fence() !== undefined)
    expect(b.fence()).toBeGreaterThan(fence)
  })

  test('that Redis lost while it was held is acquired again with a higher fencing token, by either process', async () => {
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

  test('is lost while Redis is unreachable, which is reported once, and acquired again afterwards', async () => {
    const mine = await server.connect()
    const errors: unknown[] = []
    const a = lease('a', mine, undefined, undefined, (err) => errors.push(err))
    await waitUntil('it is held', () => a.fence() !== undefined)
    mine.disconnect()
    await waitUntil('it is lost', () => a.fence() === undefined)
    await sleep(300)
    expect(errors).toHaveLength(1)
    await mine.connect()
    await waitUntil('it is held again', () => a.fence() !== undefined)
  })

  test('reports each change once', async () => {
    const a = lease('a')
    const changes: (number | undefined)[] = []
    a.onChange((fence) => changes.push(fence))
    await waitUntil('it is held', () => changes.length === 1)
    await sleep(300)
    await redis.set('{hookswitch:lease:pbx}', 'another instance')
    await waitUntil('it is lost', () => changes.length === 2)
    expect(changes).toEqual([expect.any(Number), undefined])
  })
})
