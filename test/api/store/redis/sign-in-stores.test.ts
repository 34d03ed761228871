import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDeviceGrantStore } from '../../../../api/store/redis/device-grants.ts'
import { createProviderLogouts } from '../../../../api/store/redis/provider-logouts.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'

describe('what sign-ins store in Redis', () => {
  let server: RedisServer
  let redis: Redis
  beforeAll(async () => {
    server = await startRedis()
    redis = await server.connect()
  })
  afterAll(() => server?.stop())
  beforeEach(() => redis.flushall())

  describe('codes of devices', () => {
    const codes = { deviceCode: 'the device code', userCode: 'BCDFGHJK' }
    const decision = { grant: { userId: '1', generation: 0, passwordMark: 'm' }, sessionId: 's' }
    const request = () => ({ client: 'Desk phone', address: '192.0.2.8', expiresAt: Date.now() + 600_000 })

    test('are stored as hashes, and expire', async () => {
      await createDeviceGrantStore(redis).add(codes, request(), 600)
      const keys = await redis.keys('*')
      expect(keys).toHaveLength(2)
      for (const key of keys) {
        expect(await redis.ttl(key)).toBeGreaterThan(500)
        const stored = key + (await redis.get(key))
        expect(stored).not.toMatch(/the device code|BCDFGHJK/)
      }
    })
    test('a user code in use is not given again', async () => {
      const store = createDeviceGrantStore(redis)
      expect(await store.add(codes, request(), 600)).toBe(true)
      expect(await store.add({ ...codes, deviceCode: 'another' }, request(), 600)).toBe(false)
      expect(await store.poll('another', 5)).toBeUndefined()
    })
    test('of many decisions one counts, and one reader gets it', async () => {
      const store = createDeviceGrantStore(redis)
      await store.add(codes, request(), 600)
      const decided = await Promise.all(
        Array.from({ length: 20 }, () => store.decide(codes.userCode, decision)),
      )
      expect(decided.filter(Boolean)).toHaveLength(1)
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.takeDecision(codes.deviceCode)))
      expect(taken.filter((one) => one !== undefined)).toEqual([decision])
      expect(await store.findByUserCode(codes.userCode)).toBeUndefined()
      for (const key of await redis.keys('*')) expect(await redis.ttl(key)).toBeGreaterThan(0)
    })
    test('each early request makes the interval longer', async () => {
      const store = createDeviceGrantStore(redis)
      await store.add(codes, request(), 600)
      expect(await store.poll(codes.deviceCode, 5)).toMatchObject({ client: 'Desk phone' })
      const pauses: number[] = []
      for (let early = 0; early < 3; early += 1) {
        expect(await store.poll(codes.deviceCode, 5)).toBe('slow_down')
        const [key = ''] = await redis.keys('*device-poll*')
        pauses.push(await redis.pttl(key))
      }
      expect(pauses).toEqual(pauses.toSorted((one, two) => one - two))
      expect(pauses[2]).toBeGreaterThan((pauses[0] ?? 0) + 5_000)
    })
  })

  describe('logouts of a provider', () => {
    const provider = { id: 'corp', subject: 'anna', sessionId: 's1' }
    const target = { providerId: 'corp', subject: 'anna', sessionId: 's1' }

    test('a session that has ended stays ended', async () => {
      const logouts = createProviderLogouts(redis)
      await logouts.add(target, 1_000)
      expect(await logouts.hasEnded(provider, 2_000)).toBe(true)
      expect(await logouts.hasEnded({ ...provider, sessionId: 's2' }, 500)).toBe(false)
      expect(await logouts.hasEnded({ ...provider, id: 'other' }, 500)).toBe(false)
    })
    test('a person who was logged out may sign in again', async () => {
      const logouts = createProviderLogouts(redis)
      await logouts.add({ ...target, sessionId: null }, 1_000)
      expect(await logouts.hasEnded(provider, 1_000)).toBe(true)
      expect(await logouts.hasEnded(provider, 1_001)).toBe(false)
      expect(await logouts.hasEnded({ ...provider, subject: 'carl' }, 500)).toBe(false)
    })
    test('a token is used once, unless its logout failed', async () => {
      const logouts = createProviderLogouts(redis)
      const claims = await Promise.all(Array.from({ length: 10 }, () => logouts.claim('corp', 'j1')))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await logouts.claim('other', 'j1')).toBe(true)
      await logouts.release('corp', 'j1')
      expect(await logouts.claim('corp', 'j1')).toBe(true)
    })
  })
})
