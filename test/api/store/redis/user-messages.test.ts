import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../../../api/core/auth/tokens.ts'
import type { UserMessage } from '../../../../api/core/messaging/user-messages.ts'
import { createUserMessageSubscriber, createUserMessages } from '../../../../api/store/redis/user-messages.ts'
import { connectRedis } from '../../../../runtime/redis.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { waitUntil } from '../../../support/stack.ts'

let server: RedisServer
let redis: Redis
beforeAll(async () => {
  server = await startRedis({ cluster: true })
  redis = await server.connect()
})
afterAll(() => server?.stop())

type Heard = { userId: string | undefined; message: UserMessage }

/** An API's ear, on a connection of its own, once it hears. */
async function listen(connection: Redis) {
  const before = await subscribers()
  const heard: Heard[] = []
  const hearing = createUserMessageSubscriber(connection, () => {})
  const stop = hearing.on((userId, message) => heard.push({ userId, message }))
  await waitUntil('it is subscribed', async () => (await subscribers()) > before)
  return { heard, stop, of: (userId: string) => heard.filter((one) => one.userId === userId) }
}
const subscribers = async () => Number((await redis.pubsub('NUMSUB', 'hookswitch:news'))[1])

/** An API's voice, and what it published at nginx. */
function speak(connection: Redis = redis) {
  const published: Heard[] = []
  const news = createUserMessages({
    redis: connection,
    async publish(userId, message) {
      published.push({ userId, message })
    },
  })
  return { news, published }
}

describe('what one API tells a user', () => {
  test('is heard by the others, published, and numbered one by one', async () => {
    const { news, published } = speak(await server.connect())
    const { of } = await listen(await server.connect())
    const userId = newId()
    await news.send(userId, { type: 'call.ringing', call: { legs: [], ratio: 0.1 } })
    await news.send(userId, { type: 'call.ended', note: '"quoted" \u2028 Звонок' })
    await waitUntil('both were heard', () => of(userId).length === 2)
    expect(of(userId)).toEqual(published)
    const [first, second] = published.map(({ message }) => message)
    expect(first).toEqual({
      type: 'call.ringing',
      call: { legs: [], ratio: 0.1 },
      seq: 1,
      epoch: expect.any(String),
    })
    expect(second).toMatchObject({ seq: 2, epoch: first?.epoch, note: '"quoted" \u2028 Звонок' })
  })

  test('is numbered for each user by itself', async () => {
    const { news, published } = speak()
    await news.send(newId(), { type: 'hello' })
    await news.send(newId(), { type: 'hello' })
    expect(published.map(({ message }) => message.seq)).toEqual([1, 1])
    expect(published[0]?.message.epoch).not.toBe(published[1]?.message.epoch)
  })

  test('is published in the order of its numbers, however fast it is told', async () => {
    const told: unknown[] = []
    const news = createUserMessages({
      redis,
      async publish(_, { seq }) {
        await new Promise((resolve) => setTimeout(resolve, Number(seq) % 3))
        told.push(seq)
      },
    })
    const userId = newId()
    await Promise.all(Array.from({ length: 20 }, () => news.send(userId, { type: 'hello' })))
    expect(told).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  })

  test('does not pile up while nginx hangs, and goes on behind that', async () => {
    let go = () => {}
    const hang = new Promise<void>((resolve) => {
      go = resolve
    })
    const published: unknown[] = []
    const news = createUserMessages({
      redis,
      async publish(_, { seq }) {
        await hang
        published.push(seq)
      },
    })
    const userId = newId()
    const told = Array.from({ length: 3_000 }, () => news.send(userId, { type: 'hello' }))
    const refused = told.slice(1_000).map((one) => expect(one).rejects.toMatchObject({ code: 'unavailable' }))
    await Promise.all(refused)
    await expect(Promise.race([news.send(newId(), { type: 'hello' }), 'waits'])).resolves.toBe('waits')
    go()
    await Promise.all(told.slice(0, 1_000))
    await news.send(userId, { type: 'hello' })
    expect(published).toHaveLength(1_002)
  })

  test('is forgotten after a week', async () => {
    const userId = newId()
    await speak().news.send(userId, { type: 'hello' })
    expect(await redis.ttl(`hookswitch:news:${userId}`)).toBeGreaterThan(6 * 86_400)
  })
})

describe('a fence', () => {
  test('that another has passed tells nobody anything, in silence', async () => {
    const { news, published } = speak()
    const { heard, of } = await listen(await server.connect())
    const userId = newId()
    await news.send(userId, { type: 'by the new holder' }, 8)
    await news.send(userId, { type: 'by the old one' }, 7)
    await news.send(userId, { type: 'by the new holder again' }, 8)
    await news.send(userId, { type: 'by nobody’s lease' })
    await waitUntil('three were heard', () => of(userId).length === 3)
    expect(published.map(({ message }) => [message.type, message.seq])).toEqual([
      ['by the new holder', 1],
      ['by the new holder again', 2],
      ['by nobody’s lease', 3],
    ])
    expect(heard.some(({ message }) => message.type === 'by the old one')).toBe(false)
  })
})

describe('what everybody is told', () => {
  test('comes without a user and without a number', async () => {
    const { heard } = await listen(await server.connect())
    await speak().news.broadcast({ type: 'user.status', userId: '7' })
    await waitUntil('it was heard', () => heard.length > 0)
    expect(heard).toEqual([{ userId: undefined, message: { type: 'user.status', userId: '7' } }])
  })
})

describe('an ear', () => {
  test.each([
    ['what is no JSON', '{'],
    ['a list', '[]'],
    ['a message without a type', '{"message":{}}'],
    ['a message to nobody', '{"to":{},"message":{"type":"x"}}'],
  ])('passes over %s and hears what follows', async (_, text) => {
    const { heard } = await listen(await server.connect())
    await redis.publish('hookswitch:news', text)
    await speak().news.send('after', { type: 'hello' })
    await waitUntil('it heard what follows', () => heard.length > 0)
    expect(heard.map(({ userId }) => userId)).toEqual(['after'])
  })

  test('that lost its connection hears again once it is back', async () => {
    const connection = connectRedis(server.url, () => {})
    const { heard } = await listen(connection)
    await waitUntil('it is known to Redis', async () => connection.status === 'ready')
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await waitUntil('it heard', async () => {
      await speak().news.broadcast({ type: 'again' })
      return heard.length > 0
    })
    connection.disconnect()
  })

  test('that was told to stop hears nothing more', async () => {
    const { heard, stop } = await listen(await server.connect())
    const { of } = await listen(await server.connect())
    stop()
    const userId = newId()
    await speak().news.send(userId, { type: 'hello' })
    await waitUntil('another heard it', () => of(userId).length === 1)
    expect(heard).toEqual([])
  })
})

describe('without Redis', () => {
  test('telling is "unavailable", nothing is published, and the next has a turn of its own', async () => {
    const gone = await server.connect()
    const { news, published } = speak(gone)
    gone.disconnect()
    const telling = [news.send('7', { type: 'one' }), news.send('7', { type: 'two' })]
    for (const one of telling) await expect(one).rejects.toMatchObject({ code: 'unavailable' })
    await expect(news.broadcast({ type: 'all' })).rejects.toMatchObject({ code: 'unavailable' })
    expect(published).toEqual([])
  })
})
