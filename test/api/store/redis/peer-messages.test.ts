import { afterAll, beforeAll, expect, test } from 'vitest'
import type { UserMessage } from '../../../../api/core/messaging/user-messages.ts'
import { createPeerMessages } from '../../../../api/store/redis/peer-messages.ts'
import { type RedisServer, startRedis } from '../../../support/redis.ts'
import { waitUntil } from '../../../support/stack.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

/** An API process that sends and receives. */
async function startPeer() {
  const received: [readonly string[], UserMessage][] = []
  const subscriber = await server.connect()
  const peerMessages = createPeerMessages(await server.connect(), subscriber, () => {})
  peerMessages.on((to, message) => void received.push([to, message]))
  return { peerMessages, received, subscriber }
}

test('a message reaches every API process unchanged', async () => {
  const [one, two] = [await startPeer(), await startPeer()]
  const message = { type: 'peer_status', data: [{ deep: [] }], status: 'é' }
  await waitUntil('both received it', async () => {
    await one.peerMessages.send(['7', '8'], message)
    return one.received.length > 0 && two.received.length > 0
  })
  expect(two.received[0]).toEqual([['7', '8'], message])
})

test('an invalid message, and one on another channel, is ignored', async () => {
  const { peerMessages, received, subscriber } = await startPeer()
  const other = await server.connect()
  await subscriber.subscribe('hookswitch:news')
  for (const text of ['', '{', 'null', '{"to":"7","message":{"type":"x"}}', '{"to":["7"],"message":{}}']) {
    await other.publish('hookswitch:sockets', text)
  }
  await other.publish('hookswitch:news', '{"to":["7"],"message":{"type":"elsewhere"}}')
  await waitUntil('the valid one is received', async () => {
    await peerMessages.send(['7'], { type: 'valid' })
    return received.length > 0
  })
  expect(received[0]).toEqual([['7'], { type: 'valid' }])
})

test('without Redis sending is refused as unavailable', async () => {
  const own = await startRedis()
  const peerMessages = createPeerMessages(await own.connect(), await own.connect(), () => {})
  await own.stop()
  await expect(peerMessages.send(['7'], { type: 'x' })).rejects.toMatchObject({ code: 'unavailable' })
})
