import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRotation } from '../../../../api/core/auth/refresh-token-rotation.ts'
import { createRotationStore } from '../../../../api/store/redis/refresh-token-rotation.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { GRACE_MS, newSession, refreshTokens } from './fixtures/refresh-token-rotation.ts'

describe.each([
  ['Redis', false],
  ['a Redis Cluster', true],
])('what is kept of a session in %s', (_, cluster) => {
  let server: RedisServer
  let redis: Redis
  beforeAll(async () => {
    server = await startRedis({ cluster })
    redis = await server.connect()
  })
  afterAll(() => server?.stop())
  beforeEach(() => redis.flushall())

  const rotate = (session: ReturnType<typeof newSession>) =>
    createRotation({ store: createRotationStore(redis), refreshTokens, graceMs: GRACE_MS }).rotate(
      session.first,
      session,
    )

  test('is one key, passed as KEYS[1]', async () => {
    const evaluate = vi.spyOn(redis, 'eval')
    const session = newSession()
    await rotate(session)
    const [key] = await redis.keys('*')
    expect(await redis.dbsize()).toBe(1)
    expect(evaluate.mock.calls.map(([, count, name]) => [count, name])).toEqual([[1, key]])
    // The session id determines the slot.
    expect(key).toContain(`{${session.first.sessionId}}`)
    evaluate.mockRestore()
  })

  test('expires with the session, and not before', async () => {
    const session = newSession()
    await rotate(session)
    const [key = ''] = await redis.keys('*')
    const expiresAt = async () => Math.round((Date.now() + (await redis.pttl(key))) / 1000)
    expect(await expiresAt()).toBe(session.expiresAt)
    await rotate(session)
    expect(await expiresAt()).toBe(session.expiresAt)
  })

  test('does not exist once the session has expired', async () => {
    const session = newSession()
    await rotate({ ...session, expiresAt: Math.floor(Date.now() / 1000) - 1 })
    expect(await redis.dbsize()).toBe(0)
  })

  test('contains no secret', async () => {
    const session = newSession()
    const child = await rotate(session)
    const [key = ''] = await redis.keys('*')
    const kept = JSON.stringify(await redis.hgetall(key))
    // The key contains only the session id.
    for (const secret of [session.first, child]) expect(kept).not.toContain(secret?.text.slice(40))
  })

  test('is gone after `delete`', async () => {
    const session = newSession()
    await rotate(session)
    await createRotationStore(redis).delete(session.first.sessionId)
    expect(await redis.dbsize()).toBe(0)
  })
})
