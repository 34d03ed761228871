import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OpaqueRefreshToken } from '../../../../api/core/auth/refresh-token.ts'
import { createRotation, type RotationStore } from '../../../../api/core/auth/refresh-token-rotation.ts'
import { createRotationStore } from '../../../../api/store/redis/refresh-token-rotation.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { createMemoryRotationStore } from '../../../support/sessions/memory-rotation-store.ts'
import { GRACE_MS, newSession, refreshTokens, stateOf } from './fixtures/refresh-token-rotation.ts'

interface Kind {
  name: string
  /** Two clients of one store, and a function that deletes its data. */
  start(): Promise<{
    clients: [RotationStore, RotationStore]
    flush(): Promise<unknown>
    redis?: Redis
    stop(): Promise<void>
  }>
}

const kinds: Kind[] = [
  { name: 'Redis', start: () => onRedis(startRedis()) },
  { name: 'a Redis Cluster', start: () => onRedis(startRedis({ cluster: true })) },
  {
    // The in-memory store of other tests behaves alike.
    name: 'memory',
    async start() {
      const store = createMemoryRotationStore(Date.now)
      return { clients: [store, store], flush: async () => store.flush(), stop: async () => {} }
    },
  },
]

async function onRedis(starting: Promise<RedisServer>) {
  const server = await starting
  const [redis, other] = [await server.connect(), await server.connect()]
  return {
    clients: [createRotationStore(redis), createRotationStore(other)] as [RotationStore, RotationStore],
    flush: () => redis.flushall(),
    redis,
    stop: server.stop,
  }
}

describe.each(kinds)('the rotation of opaque refresh tokens on $name', ({ start }) => {
  let running: Awaited<ReturnType<Kind['start']>>
  beforeAll(async () => {
    running = await start()
  })
  afterAll(() => running?.stop())

  const rotationOf = (client: 0 | 1, graceMs = GRACE_MS) =>
    createRotation({ store: running.clients[client], refreshTokens, graceMs })
  /** Rotates and records it, as a refresh does. */
  async function next(session: ReturnType<typeof newSession>, secret: OpaqueRefreshToken, graceMs?: number) {
    const child = await rotationOf(0, graceMs).rotate(secret, session)
    if (child === undefined) throw new Error('reused')
    session.refresh = stateOf(child)
    return child
  }

  test('a secret gets a child with the next number', async () => {
    const session = newSession()
    const child = await next(session, session.first)
    expect(child).toMatchObject({ sessionId: session.first.sessionId, number: 1 })
    expect((await next(session, child)).number).toBe(2)
  })

  test('50 concurrent requests with one secret, over two connections, get one child', async () => {
    const session = newSession()
    const children = await Promise.all(
      Array.from({ length: 50 }, (_, n) => rotationOf(n % 2 ? 1 : 0).rotate(session.first, session)),
    )
    expect(new Set(children.map((child) => child?.text)).size).toBe(1)
    expect(children[0]).toMatchObject({ number: 1 })
  })

  test('two clients that alternate on two connections rotate through a hundred secrets, racing each time', async () => {
    const session = newSession()
    let secret = session.first
    for (let round = 0; round < 100; round += 1) {
      const [one, other] = await Promise.all([
        rotationOf(0).rotate(secret, session),
        rotationOf(1).rotate(secret, session),
      ])
      if (one === undefined) throw new Error('reused')
      expect(one.text).toBe(other?.text)
      secret = one
      session.refresh = stateOf(secret)
    }
    expect(secret.number).toBe(100)
  })

  test('within the grace period the direct parent gets the same child each time', async () => {
    const session = newSession()
    const child = await next(session, session.first)
    for (const client of [0, 1, 0] as const) {
      expect(await rotationOf(client).rotate(session.first, session)).toEqual(child)
    }
    expect((await next(session, child)).number).toBe(2)
  })

  test('after the grace period the parent counts as reused', async () => {
    const session = newSession()
    const child = await next(session, session.first, 1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await rotationOf(0, 1).rotate(session.first, session)).toBeUndefined()
    // The caller acts upon it: the store itself changes nothing.
    expect((await next(session, child)).number).toBe(2)
  })

  test('with a grace period of 0 the parent counts as reused at once', async () => {
    const session = newSession()
    await next(session, session.first, 0)
    expect(await rotationOf(0, 0).rotate(session.first, session)).toBeUndefined()
  })

  test('a child that the session has not recorded, so that its answer may be lost, is returned again after the grace period too', async () => {
    const session = newSession()
    const lost = await rotationOf(0, 1).rotate(session.first, session)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await rotationOf(1, 1).rotate(session.first, session)).toEqual(lost)
    session.refresh = stateOf(lost ?? session.first)
    expect(await rotationOf(1, 1).rotate(session.first, session)).toBeUndefined()
  })

  test('the grandparent counts as reused at once, and so does every earlier secret', async () => {
    const session = newSession()
    const all = [session.first]
    for (let n = 0; n < 4; n += 1) all.push(await next(session, all.at(-1) ?? session.first))
    for (const old of all.slice(0, 3)) {
      expect(await rotationOf(0).rotate(old, session)).toBeUndefined()
      // Nor does it count as unknown.
      const late = { ...session, refresh: stateOf(old) }
      expect(await rotationOf(0).rotate(old, late)).toBeUndefined()
    }
    expect(await rotationOf(0).rotate(all[3] ?? session.first, session)).toEqual(all[4])
  })

  test('another secret of the same number counts as reused', async () => {
    const session = newSession()
    const child = await next(session, session.first)
    const twin = refreshTokens.mint(child.sessionId, child.number)
    expect(await rotationOf(0).rotate(twin, session)).toBeUndefined()
    const parentsTwin = refreshTokens.mint(child.sessionId, 0)
    expect(await rotationOf(0).rotate(parentsTwin, session)).toBeUndefined()
    expect(await rotationOf(0).rotate(session.first, session)).toEqual(child)
  })

  test('sessions do not affect each other', async () => {
    const [one, other] = [newSession(), newSession()]
    await next(one, await next(one, one.first))
    expect((await next(other, other.first)).number).toBe(1)
  })

  test('a deleted session leaves no data', async () => {
    const session = newSession()
    await next(session, session.first)
    await running.clients[1].delete(session.first.sessionId)
    expect(await rotationOf(0).rotate(session.first, session)).toBeUndefined()
  })

  describe('that was flushed', () => {
    test('continues from what the session recorded', async () => {
      const session = newSession()
      const child = await next(session, session.first)
      await running.flush()
      expect(await rotationOf(0).rotate(refreshTokens.mint(child.sessionId, 1), session)).toBeUndefined()
      expect((await next(session, child)).number).toBe(2)
    })

    test('continues from the secret’s own number when the record is older', async () => {
      const session = newSession()
      const child = await next(session, await next(session, session.first))
      await running.flush()
      const behind = { ...session, refresh: stateOf(session.first) }
      const grandchild = await rotationOf(0).rotate(child, behind)
      expect(grandchild).toMatchObject({ number: 3 })
      expect(await rotationOf(1).rotate(child, behind)).toEqual(grandchild)
      // From then on an earlier secret counts as reused.
      expect(await rotationOf(0).rotate(session.first, behind)).toBeUndefined()
    })

    test('continues from the secret’s own number when there is no record', async () => {
      const session = { ...newSession(), refresh: null }
      await running.flush()
      expect(await rotationOf(0).rotate(session.first, session)).toMatchObject({ number: 1 })
    })

    test('still detects an old secret by the record', async () => {
      const session = newSession()
      await next(session, await next(session, session.first))
      await running.flush()
      expect(await rotationOf(0).rotate(session.first, session)).toBeUndefined()
    })

    test('still gives one child to 50 concurrent requests', async () => {
      const session = newSession()
      const child = await next(session, session.first)
      await running.flush()
      const children = await Promise.all(
        Array.from({ length: 50 }, (_, n) => rotationOf(n % 2 ? 1 : 0).rotate(child, session)),
      )
      expect(new Set(children.map((one) => one?.text)).size).toBe(1)
    })
  })
})

test('without Redis rotating is unavailable, and deleting does not throw', async () => {
  const server = await startRedis()
  const store = createRotationStore(await server.connect())
  const session = newSession()
  await server.stop()
  const rotation = createRotation({ store, refreshTokens, graceMs: GRACE_MS })
  await expect(rotation.rotate(session.first, session)).rejects.toMatchObject({
    code: 'unavailable',
    retryAfter: 2,
  })
  await store.delete(session.first.sessionId)
})
