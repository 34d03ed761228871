import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLiveUsers } from '../../../../api/store/redis/online-users.ts'
import {
  announceLive,
  keepAnnouncingLive,
  LIVE_KEY,
  liveKeyOf,
} from '../../../../contract/online-heartbeat.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { until } from '../../../support/stack.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis()
  redis = await server.connect()
})
afterAll(() => server?.stop())
beforeEach(() => redis.flushall())

const read = async () => [...(await createLiveUsers(redis).read()).online].sort()
const word = (online: string[], listening: string[] = []) => ({ online, listening })

describe('live users', () => {
  test('are those of all instances, each once', async () => {
    expect(await read()).toEqual([])
    await announceLive(redis, 'one', word(['1', '2']))
    await announceLive(redis, 'other', word(['2', '3']))
    expect(await read()).toEqual(['1', '2', '3'])
  })

  test('listen where they follow their private channel', async () => {
    await announceLive(redis, 'one', word(['1', '2'], ['2']))
    await announceLive(redis, 'other', word(['3'], ['3']))
    expect([...(await createLiveUsers(redis).read()).listening].sort()).toEqual(['2', '3'])
  })

  test('are what an instance said last', async () => {
    await announceLive(redis, 'one', word(['1', '2']))
    await announceLive(redis, 'one', word(['2']))
    expect(await read()).toEqual(['2'])
    await announceLive(redis, 'one', word([]))
    expect(await read()).toEqual([])
    expect(await redis.smembers(LIVE_KEY)).toEqual([])
  })

  test('of an instance that says nothing for some seconds are gone, and so is its name', async () => {
    await announceLive(redis, 'dead', word(['1']))
    await announceLive(redis, 'alive', word(['2']))
    expect(await redis.pttl(liveKeyOf('dead'))).toBeGreaterThan(0)
    await redis.pexpire(liveKeyOf('dead'), 1)
    await until('the dead is gone', async () => (await redis.exists(liveKeyOf('dead'))) === 0)
    expect(await read()).toEqual(['2'])
    expect(await redis.smembers(LIVE_KEY)).toEqual(['alive'])
  })

  test('are unknown, not nobody, without Redis', async () => {
    const gone = await server.connect()
    gone.disconnect()
    await expect(createLiveUsers(gone).read()).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('an instance that keeps saying who is here', () => {
  test('is heard within seconds, goes on, and takes everything back when it stops', async () => {
    let here = ['1']
    const announcer = keepAnnouncingLive({ redis, instance: 'one', live: () => word(here) })
    await until('the first is known', async () => (await read()).join() === '1')
    here = ['1', '2']
    await until('the second, too', async () => (await read()).join() === '1,2')
    await announcer.stop()
    expect(await read()).toEqual([])
  })

  test('says at once that somebody has come', async () => {
    let here: string[] = []
    const announcer = keepAnnouncingLive({ redis, instance: 'one', live: () => word(here) })
    const startedAt = performance.now()
    here = ['1']
    announcer.changed()
    await until('it is known', async () => (await read()).join() === '1')
    // Its own turn comes after two seconds.
    expect(performance.now() - startedAt).toBeLessThan(1_500)
    await announcer.stop()
  })

  test('is disturbed by nothing when Redis goes, and is heard again when it is back', async () => {
    const own = await startRedis()
    const connection = await own.connect()
    const announcer = keepAnnouncingLive({ redis: connection, instance: 'one', live: () => word(['1']) })
    const reader = await own.connect()
    await until('it was heard', async () => (await createLiveUsers(reader).read()).online.size === 1)
    connection.disconnect(true)
    await reader.flushall()
    await until('it was heard again', async () => (await createLiveUsers(reader).read()).online.size === 1)
    await own.stop()
    await expect(announcer.stop()).resolves.toBeUndefined()
  })
})
