import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOnlineUsersReader } from '../../../../api/store/redis/online-users.ts'
import {
  ONLINE_INSTANCES_KEY,
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
const word = (online: string[], listening: string[] = []) => ({ online, listening })

describe('live users', () => {
  test('are those of all instances, each once', async () => {
    expect(await read()).toEqual([])
    await publishOnline(redis, 'one', word(['1', '2']))
    await publishOnline(redis, 'other', word(['2', '3']))
    expect(await read()).toEqual(['1', '2', '3'])
  })

  test('listen where they follow their private channel', async () => {
    await publishOnline(redis, 'one', word(['1', '2'], ['2']))
    await publishOnline(redis, 'other', word(['3'], ['3']))
    expect([...(await createOnlineUsersReader(redis).read()).listening].sort()).toEqual(['2', '3'])
  })

  test('are what an instance said last', async () => {
    await publishOnline(redis, 'one', word(['1', '2']))
    await publishOnline(redis, 'one', word(['2']))
    expect(await read()).toEqual(['2'])
    await publishOnline(redis, 'one', word([]))
    expect(await read()).toEqual([])
    expect(await redis.smembers(ONLINE_INSTANCES_KEY)).toEqual([])
  })

  test('of an instance that says nothing for some seconds are gone, and so is its name', async () => {
    await publishOnline(redis, 'dead', word(['1']))
    await publishOnline(redis, 'alive', word(['2']))
    expect(await redis.pttl(onlineKeyOf('dead'))).toBeGreaterThan(0)
    await redis.pexpire(onlineKeyOf('dead'), 1)
    await waitUntil('the dead is gone', async () => (await redis.exists(onlineKeyOf('dead'))) === 0)
    expect(await read()).toEqual(['2'])
    expect(await redis.smembers(ONLINE_INSTANCES_KEY)).toEqual(['alive'])
  })

  test('are unknown, not nobody, without Redis', async () => {
    const gone = await server.connect()
    gone.disconnect()
    await expect(createOnlineUsersReader(gone).read()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('an instance that keeps saying who is here', () => {
  test('is heard within seconds, goes on, and takes everything back when it stops', async () => {
    let here = ['1']
    const announcer = startOnlineHeartbeat({ redis, instance: 'one', onlineReport: () => word(here) })
    await waitUntil('the first is known', async () => (await read()).join() === '1')
    here = ['1', '2']
    await waitUntil('the second, too', async () => (await read()).join() === '1,2')
    await announcer.stop()
    expect(await read()).toEqual([])
  })

  test('says at once that somebody has come', async () => {
    let here: string[] = []
    const announcer = startOnlineHeartbeat({ redis, instance: 'one', onlineReport: () => word(here) })
    const startedAt = performance.now()
    here = ['1']
    announcer.changed()
    await waitUntil('it is known', async () => (await read()).join() === '1')
    // Its own turn comes after two seconds.
    expect(performance.now() - startedAt).toBeLessThan(1_500)
    await announcer.stop()
  })

  test('is disturbed by nothing when Redis goes, and is heard again when it is back', async () => {
    const own = await startRedis()
    const connection = await own.connect()
    const announcer = startOnlineHeartbeat({
      redis: connection,
      instance: 'one',
      onlineReport: () => word(['1']),
    })
    const reader = await own.connect()
    await waitUntil(
      'it was heard',
      async () => (await createOnlineUsersReader(reader).read()).online.size === 1,
    )
    connection.disconnect(true)
    await reader.flushall()
    await waitUntil(
      'it was heard again',
      async () => (await createOnlineUsersReader(reader).read()).online.size === 1,
    )
    await own.stop()
    await expect(announcer.stop()).resolves.toBeUndefined()
  })
})
