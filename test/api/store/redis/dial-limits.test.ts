import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDialLimits } from '../../../../api/store/redis/dial-limits.ts'
import { createIdempotencyKeys } from '../../../../api/store/redis/idempotency-keys.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis({ cluster: true })
  redis = await server.connect()
})
beforeEach(() => redis.flushall())
afterAll(() => server?.stop())

const MOST = { perMinute: 1_000, perDay: 1_000, concurrent: 1_000 }
const counted = (results: PromiseSettledResult<unknown>[]) =>
  results.filter(({ status }) => status === 'fulfilled').length

describe('the dial limits', () => {
  test.each([
    ['perMinute', 7],
    ['perDay', 11],
    ['concurrent', 3],
  ])('%s applies to concurrent calls over two API processes', async (limit, most) => {
    const apis = [createDialLimits(redis), createDialLimits(await server.connect())]
    const tries = Array.from({ length: 50 }, (_, n) =>
      apis[n % 2]?.acquire('1', `hk_${n}`, { ...MOST, [limit]: most }),
    )
    const results = await Promise.allSettled(tries)
    expect(counted(results)).toBe(most)
    for (const result of results) {
      if (result.status === 'fulfilled') continue
      expect(result.reason).toMatchObject({ code: 'throttled' })
      expect(result.reason.retryAfter).toBeGreaterThan(0)
    }
  })

  test.each([
    ['minute', 'perMinute', 60],
    ['day', 'perDay', 86_400],
  ])('of a %s slide: the oldest call makes room, and the wait is until then', async (_, limit, seconds) => {
    const limits = createDialLimits(redis)
    const most = { ...MOST, [limit]: 2 }
    const aged = (s: number) => redis.zadd('{hookswitch:dial:1}:attempts', Date.now() - s * 1000, `hk_${s}`)
    await aged(seconds - 20)
    await aged(seconds - 40)
    const refusal = await limits.acquire('1', 'next', most).catch((err) => err)
    expect(refusal).toMatchObject({ code: 'throttled' })
    expect(refusal.retryAfter).toBeGreaterThan(10)
    expect(refusal.retryAfter).toBeLessThanOrEqual(20)
    await redis.flushall()
    await aged(seconds + 1)
    await aged(seconds - 40)
    await expect(limits.acquire('1', 'next', most)).resolves.toBeUndefined()
  })

  test('a refused attempt is not counted: retrying does not lengthen the wait', async () => {
    const limits = createDialLimits(redis)
    for (let n = 0; n < 5; n++) await limits.acquire('1', `hk_${n}`, { ...MOST, perDay: 1 }).catch(() => {})
    await expect(limits.acquire('1', 'next', { ...MOST, perDay: 2 })).resolves.toBeUndefined()
  })

  test('are counted per user', async () => {
    const limits = createDialLimits(redis)
    await limits.acquire('1', 'a', { ...MOST, concurrent: 1 })
    await expect(limits.acquire('2', 'b', { ...MOST, concurrent: 1 })).resolves.toBeUndefined()
  })

  test('an ended call frees its place', async () => {
    const limits = createDialLimits(redis)
    await limits.acquire('1', 'a', { ...MOST, concurrent: 1 })
    await limits.release('1', 'a')
    await expect(limits.acquire('1', 'b', { ...MOST, concurrent: 1 })).resolves.toBeUndefined()
  })

  test('a call without a heartbeat frees its place; one with a heartbeat does not', async () => {
    const limits = createDialLimits(redis)
    for (const id of ['silent', 'alive']) await limits.acquire('1', id, MOST)
    const old = Math.floor(Date.now() / 1000) - 61
    for (const id of ['silent', 'alive']) await redis.zadd('{hookswitch:dial:1}:live', old, id)
    await limits.heartbeat([{ userId: '1', callId: 'alive' }])
    await limits.acquire('1', 'next', { ...MOST, concurrent: 2 })
    await expect(limits.acquire('1', 'more', { ...MOST, concurrent: 2 })).rejects.toMatchObject({
      code: 'throttled',
    })
  })

  test('the heartbeat of an ended call does not count it again', async () => {
    const limits = createDialLimits(redis)
    await limits.acquire('1', 'a', MOST)
    await limits.release('1', 'a')
    await limits.heartbeat([{ userId: '1', callId: 'a' }])
    expect(await redis.zcard('{hookswitch:dial:1}:live')).toBe(0)
  })

  test('without Redis every call is refused', async () => {
    const gone = await server.connect()
    gone.disconnect()
    await expect(createDialLimits(gone).acquire('1', 'a', MOST)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
})

describe('an Idempotency-Key', () => {
  test('stands for one call, whichever of many requests is first', async () => {
    const apis = [createIdempotencyKeys(redis), createIdempotencyKeys(await server.connect())]
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, n) => apis[n % 2]?.claim('1', 'k', 'print', `hk_${n}`)),
    )
    expect(new Set(ids).size).toBe(1)
  })
  test('may contain anything, and expires after a day', async () => {
    const keys = createIdempotencyKeys(redis)
    const odd = ['', ':', '}{', '\r\n', 'k'.repeat(10_000), '٠']
    for (const [n, key] of odd.entries())
      expect(await keys.claim('1', key, 'print', `hk_${n}`)).toBe(`hk_${n}`)
    const kept = await redis.keys('*')
    expect(kept).toHaveLength(odd.length)
    for (const key of kept) {
      expect(await redis.ttl(key)).toBeGreaterThan(86_000)
      expect(await redis.ttl(key)).toBeLessThanOrEqual(86_400)
    }
  })
  test('is refused without Redis, so there is no second call', async () => {
    const gone = await server.connect()
    gone.disconnect()
    await expect(createIdempotencyKeys(gone).claim('1', 'k', 'print', 'hk_1')).rejects.toMatchObject({
      code: 'unavailable',
    })
  })
  test('is scoped to its user', async () => {
    const keys = createIdempotencyKeys(redis)
    await keys.claim('1', 'k', 'print', 'hk_1')
    expect(await keys.claim('2', 'k', 'print', 'hk_2')).toBe('hk_2')
  })
  test('with another request is refused', async () => {
    const keys = createIdempotencyKeys(redis)
    await keys.claim('1', 'k', 'print', 'hk_1')
    await expect(keys.claim('1', 'k', 'other', 'hk_2')).rejects.toMatchObject({ code: 'key_reused' })
  })
  test('can be used again after its call failed, and only that call releases it', async () => {
    const keys = createIdempotencyKeys(redis)
    await keys.claim('1', 'k', 'print', 'hk_1')
    await keys.release('1', 'k', 'hk_other')
    expect(await keys.claim('1', 'k', 'print', 'hk_2')).toBe('hk_1')
    await keys.release('1', 'k', 'hk_1')
    expect(await keys.claim('1', 'k', 'print', 'hk_2')).toBe('hk_2')
  })
})
