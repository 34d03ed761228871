import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOnlineUsersReader } from '../../../../api/store/redis/online-users.ts'
import {
  ONLINE_PROCESSES_KEY,
  onlineKeyOf,
  publishOnline,
  startOnlineHeartbeat,
} from '../../../../contract/online-heartbeat.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { waitUntil } from '../../../support/stack.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = await server.connect()
})
afterAll(() => server?.stop())
beforeEach(() => redis.flushall())

const read = async () => [...(await createOnlineUsersReader(redis).read()).online].sort()
const report = (online: string[], listening: string[] = []) => ({ online, listening })

describe('online users', () => {
  test('are those of all instances, each once', async () => {
    expect(await read()).toEqual([])
    await publishOnline(redis, 'one', report(['1', '2']))
    await publishOnline(redis, 'other', report(['2', '3']))
    expect(await read()).toEqual(['1', '2', '3'])
  })

  test('are listening while they subscribe to their private channel', async () => {
    await publishOnline(redis, 'one', report(['1', '2'], ['2']))
    await publishOnline(redis, 'other', report(['3'], ['3']))
    expect([...(await createOnlineUsersReader(redis).read()).listening].sort()).toEqual(['2', '3'])
  })

  test('are those of the latest report of an instance', async () => {
    await publishOnline(redis, 'one', report(['1', '2']))
    await publishOnline(redis, 'one', report(['2']))
    expect(await read()).toEqual(['2'])
    await publishOnline(redis, 'one', report([]))
    expect(await read()).toEqual([])
    expect(await redis.smembers(ONLINE_PROCESSES_KEY)).toEqual([])
  })

  test('of an instance without a heartbeat are removed, and so is the instance', async () => {
    await publishOnline(redis, 'dead', report(['1']))
    await publishOnline(redis, 'alive', report(['2']))
    expect(await redis.pttl(onlineKeyOf('dead'))).toBeGreaterThan(0)
    await redis.pexpire(onlineKeyOf('dead'), 1)
    await waitUntil('the dead is gone', async () => (await redis.exists(onlineKeyOf('dead'))) === 0)
    expect(await read()).toEqual(['2'])
    expect(await redis.smembers(ONLINE_PROCESSES_KEY)).toEqual(['alive'])
  })

  test('are unavailable, not empty, without Redis', async () => {
    const gone = await server.connect()
    gone.disconnect()
    await expect(createOnlineUsersReader(gone).read()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('the heartbeat of an instance', () => {
  test('is visible within seconds, is repeated, and is removed when it stops', async () => {
    let present = ['1']
    const heartbeat = startOnlineHeartbeat({ redis, processId: 'one', onlineReport: () => report(present) })
    await waitUntil('the first is known', async () => (await read()).join() === '1')
    present = ['1', '2']
    await waitUntil('the second is known too', async () => (await read()).join() === '1,2')
    await heartbeat.stop()
    expect(await read()).toEqual([])
  })

  test('is sent at once when a user comes online', async () => {
    let present: string[] = []
    const heartbeat = startOnlineHeartbeat({ redis, processId: 'one', onlineReport: () => report(present) })
    const startedAt = performance.now()
    present = ['1']
    heartbeat.changed()
    await waitUntil('it is known', async () => (await read()).join() === '1')
    // The next regular heartbeat would come after two seconds.
    expect(performance.now() - startedAt).toBeLessThan(1_500)
    await heartbeat.stop()
  })

  test('survives a lost Redis connection, and is visible again after the reconnect', async () => {
    const own = await startRedis()
    const connection = await own.connect()
    const heartbeat = startOnlineHeartbeat({
      redis: connection,
      processId: 'one',
      onlineReport: () => report(['1']),
    })
    const reader = await own.connect()
    await waitUntil(
      'it is visible',
      async () => (await createOnlineUsersReader(reader).read()).online.size === 1,
    )
    connection.disconnect(true)
    await reader.flushall()
    await waitUntil(
      'it is visible again',
      async () => (await createOnlineUsersReader(reader).read()).online.size === 1,
    )
    await own.stop()
    await expect(heartbeat.stop()).resolves.toBeUndefined()
  })
})
