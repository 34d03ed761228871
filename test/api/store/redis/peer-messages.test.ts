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

/** What one API passes on and hears. */
async function api() {
  const heard: [readonly string[], UserMessage][] = []
  const hearing = await server.connect()
  const words = createPeerMessages(await server.connect(), hearing, () => {})
  words.on((to, message) => void heard.push([to, message]))
  return { words, heard, hearing }
}

test('what one API passes on every API hears, as it was said', async () => {
  const [one, two] = [await api(), await api()]
  const message = { type: 'peer_status', data: [{ deep: [] }], status: 'é' }
  await waitUntil('both hear', async () => {
    await one.words.send(['7', '8'], message)
    return one.heard.length > 0 && two.heard.length > 0
  })
  expect(two.heard[0]).toEqual([['7', '8'], message])
})

test('what is none of ours is not heard', async () => {
  const { words, heard, hearing } = await api()
  const other = await server.connect()
  await hearing.subscribe('hookswitch:news')
  for (const text of ['', '{', 'null', '{"to":"7","message":{"type":"x"}}', '{"to":["7"],"message":{}}']) {
    await other.publish('hookswitch:sockets', text)
  }
  await other.publish('hookswitch:news', '{"to":["7"],"message":{"type":"elsewhere"}}')
  await waitUntil('ours is heard', async () => {
    await words.send(['7'], { type: 'ours' })
    return heard.length > 0
  })
  expect(heard[0]).toEqual([['7'], { type: 'ours' }])
})

test('without Redis nothing is passed on, and that is said', async () => {
  const own = await startRedis()
  const words = createPeerMessages(await own.connect(), await own.connect(), () => {})
  await own.stop()
  await expect(words.send(['7'], { type: 'x' })).rejects.toMatchObject({ code: 'unavailable' })
})
