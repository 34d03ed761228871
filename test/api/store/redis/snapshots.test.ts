import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../../../api/core/auth/tokens.ts'
import { createSnapshots, etagOf, type Snapshot } from '../../../../api/core/messaging/snapshots.ts'
import { createSnapshotStore } from '../../../../api/store/redis/snapshots.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = await server.connect()
})
afterAll(() => server?.stop())
beforeEach(() => redis.flushall())

/** The snapshots of one process, and what it publishes. */
function process() {
  const published: Snapshot[] = []
  const store = createSnapshotStore(redis, newId)
  const snapshots = createSnapshots({
    store,
    publisher: {
      async publish(snapshot) {
        published.push(snapshot)
        return { subscribers: 0 }
      },
    },
  })
  return { snapshots, store, published }
}

describe('a snapshot with a fencing token', () => {
  test('of the lease holder is numbered, stored and published', async () => {
    const { snapshots, store, published } = process()
    const publication = await snapshots.publish('active-calls', { calls: [] }, 3)
    expect(publication?.snapshot.body).toMatchObject({ calls: [], seq: 1 })
    expect(await store.last('active-calls')).toEqual(publication?.snapshot)
    expect(published).toEqual([publication?.snapshot])
  })

  test('that is stale is not published and changes nothing', async () => {
    const [slept, holder] = [process(), process()]
    await slept.snapshots.publish('active-calls', { by: 'the old holder' }, 3)
    const last = await holder.snapshots.publish('active-calls', { by: 'the new holder' }, 4)
    expect(await slept.snapshots.publish('active-calls', { by: 'who slept' }, 3)).toBeUndefined()
    expect(slept.published).toHaveLength(1)
    expect(await slept.store.last('active-calls')).toEqual(last?.snapshot)
  })

  test('is compared as a number: 10 is higher than 9', async () => {
    const { snapshots } = process()
    await snapshots.publish('active-calls', {}, 9)
    expect(await snapshots.publish('active-calls', {}, 10)).toMatchObject({ snapshot: { seq: 2 } })
    expect(await snapshots.publish('active-calls', {}, 9)).toBeUndefined()
  })

  test('is compared per channel', async () => {
    const { snapshots } = process()
    await snapshots.publish('active-calls', {}, 4)
    expect(await snapshots.publish('users-state', {}, 3)).toMatchObject({ snapshot: { seq: 1 } })
  })
})

describe('a snapshot without a fencing token', () => {
  test('is accepted whatever token came before, and changes none', async () => {
    const { snapshots } = process()
    await snapshots.publish('users-state', {}, 4)
    expect(await snapshots.publish('users-state', { by: 'a local service' })).toMatchObject({
      snapshot: { seq: 2 },
    })
    expect(await snapshots.publish('users-state', {}, 4)).toMatchObject({ snapshot: { seq: 3 } })
  })
})

test('a snapshot is read once for all waiting clients', async () => {
  const { snapshots, store } = process()
  const first = await snapshots.publish('users-state', { states: { 1001: { state: 'Idle' } } })
  let read = 0
  const counting = {
    ...store,
    async last(channel: Parameters<typeof store.last>[0]) {
      read += 1
      return store.last(channel)
    },
  }
  const waiting = createSnapshots({
    store: counting,
    publisher: { publish: async () => ({ subscribers: 0 }) },
  })
  const known = etagOf(first.snapshot)
  expect(await waiting.waitForNewer('users-state', known, 1_000, () => {})).toBeUndefined()
  expect(read).toBe(1)
  const newer = await snapshots.publish('users-state', { states: {} })
  expect(await waiting.waitForNewer('users-state', known, 1_000, () => {})).toEqual(newer.snapshot)
  expect(await waiting.waitForNewer('users-state', undefined, 0, () => {})).toEqual(newer.snapshot)
  expect(await waiting.waitForNewer('active-calls', undefined, 0, () => {})).toBeUndefined()
  expect(read).toBe(2)
})
