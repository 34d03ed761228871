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

type Delivery = { userId: string | undefined; message: UserMessage }

/** A subscriber with its own connection, once it is subscribed. */
async function listen(connection: Redis) {
  const before = await subscribers()
  const received: Delivery[] = []
  const subscriber = createUserMessageSubscriber(connection, () => {})
  const stop = subscriber.on((userId, message) => received.push({ userId, message }))
  await waitUntil('it is subscribed', async () => (await subscribers()) > before)
  return { received, stop, of: (userId: string) => received.filter((one) => one.userId === userId) }
}
const subscribers = async () => Number((await redis.pubsub('NUMSUB', 'hookswitch:news'))[1])

/** A sender, and what it published at nginx. */
function startSender(connection: Redis = redis) {
  const published: Delivery[] = []
  const userMessages = createUserMessages({
    redis: connection,
    async publish(userId, message) {
      published.push({ userId, message })
    },
  })
  return { userMessages, published }
}

describe('a message to a user', () => {
  test('reaches all API processes, is published at nginx, and is numbered in sequence', async () => {
    const { userMessages, published } = startSender(await server.connect())
    const { of } = await listen(await server.connect())
    const userId = newId()
    await userMessages.send(userId, { type: 'call.ringing', call: { legs: [], ratio: 0.1 } })
    await userMessages.send(userId, { type: 'call.ended', note: '"quoted" \u2028 Звонок' })
    await waitUntil('both were received', () => of(userId).length === 2)
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

  test('is numbered per user', async () => {
    const { userMessages, published } = startSender()
    await userMessages.send(newId(), { type: 'hello' })
    await userMessages.send(newId(), { type: 'hello' })
    expect(published.map(({ message }) => message.seq)).toEqual([1, 1])
    expect(published[0]?.message.epoch).not.toBe(published[1]?.message.epoch)
  })

  test('is published in the order of its numbers, also when many are sent at once', async () => {
    const sent: unknown[] = []
    const userMessages = createUserMessages({
      redis,
      async publish(_, { seq }) {
        await new Promise((resolve) => setTimeout(resolve, Number(seq) % 3))
        sent.push(seq)
      },
    })
    const userId = newId()
    await Promise.all(Array.from({ length: 20 }, () => userMessages.send(userId, { type: 'hello' })))
    expect(sent).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  })

  test('is refused while 1 000 wait for an nginx that hangs, and published once nginx goes on', async () => {
    let go = () => {}
    const hang = new Promise<void>((resolve) => {
      go = resolve
    })
    const published: unknown[] = []
    const userMessages = createUserMessages({
      redis,
      async publish(_, { seq }) {
        await hang
        published.push(seq)
      },
    })
    const userId = newId()
    const sent = Array.from({ length: 3_000 }, () => userMessages.send(userId, { type: 'hello' }))
    const refused = sent.slice(1_000).map((one) => expect(one).rejects.toMatchObject({ code: 'unavailable' }))
    await Promise.all(refused)
    await expect(Promise.race([userMessages.send(newId(), { type: 'hello' }), 'waits'])).resolves.toBe(
      'waits',
    )
    go()
    await Promise.all(sent.slice(0, 1_000))
    await userMessages.send(userId, { type: 'hello' })
    expect(published).toHaveLength(1_002)
  })

  test('leaves a numbering that expires after a week', async () => {
    const userId = newId()
    await startSender().userMessages.send(userId, { type: 'hello' })
    expect(await redis.ttl(`hookswitch:news:${userId}`)).toBeGreaterThan(6 * 86_400)
  })
})

describe('a fencing token', () => {
  test('that is stale sends no message, and throws no error', async () => {
    const { userMessages, published } = startSender()
    const { received, of } = await listen(await server.connect())
    const userId = newId()
    await userMessages.send(userId, { type: 'by the new holder' }, 8)
    await userMessages.send(userId, { type: 'by the old one' }, 7)
    await userMessages.send(userId, { type: 'by the new holder again' }, 8)
    await userMessages.send(userId, { type: 'without a lease' })
    await waitUntil('three were received', () => of(userId).length === 3)
    expect(published.map(({ message }) => [message.type, message.seq])).toEqual([
      ['by the new holder', 1],
      ['by the new holder again', 2],
      ['without a lease', 3],
    ])
    expect(received.some(({ message }) => message.type === 'by the old one')).toBe(false)
  })
})

describe('a broadcast', () => {
  test('has no user and no number', async () => {
    const { received } = await listen(await server.connect())
    await startSender().userMessages.broadcast({ type: 'user.status', userId: '7' })
    await waitUntil('it was received', () => received.length > 0)
    expect(received).toEqual([{ userId: undefined, message: { type: 'user.status', userId: '7' } }])
  })
})

describe('a subscriber', () => {
  test.each([
    ['invalid JSON', '{'],
    ['a list', '[]'],
    ['a message without a type', '{"message":{}}'],
    ['a message without a user id', '{"to":{},"message":{"type":"x"}}'],
  ])('ignores %s and receives the next message', async (_, text) => {
    const { received } = await listen(await server.connect())
    await redis.publish('hookswitch:news', text)
    await startSender().userMessages.send('after', { type: 'hello' })
    await waitUntil('it received what follows', () => received.length > 0)
    expect(received.map(({ userId }) => userId)).toEqual(['after'])
  })

  test('receives again after a reconnect', async () => {
    const connection = connectRedis(server.url, () => {})
    const { received } = await listen(connection)
    await waitUntil('it is known to Redis', async () => connection.status === 'ready')
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await waitUntil('it received', async () => {
      await startSender().userMessages.broadcast({ type: 'again' })
      return received.length > 0
    })
    connection.disconnect()
  })

  test('receives nothing after it is stopped', async () => {
    const { received, stop } = await listen(await server.connect())
    const { of } = await listen(await server.connect())
    stop()
    const userId = newId()
    await startSender().userMessages.send(userId, { type: 'hello' })
    await waitUntil('another received it', () => of(userId).length === 1)
    expect(received).toEqual([])
  })
})

describe('without Redis', () => {
  test('sending is "unavailable", nothing is published, and a failure does not affect the next message', async () => {
    const gone = await server.connect()
    const { userMessages, published } = startSender(gone)
    gone.disconnect()
    const sending = [userMessages.send('7', { type: 'one' }), userMessages.send('7', { type: 'two' })]
    for (const one of sending) await expect(one).rejects.toMatchObject({ code: 'unavailable' })
    await expect(userMessages.broadcast({ type: 'all' })).rejects.toMatchObject({ code: 'unavailable' })
    expect(published).toEqual([])
  })
})
