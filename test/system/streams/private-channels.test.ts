import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { UserMessages } from '../../../api/core/messaging/user-messages.ts'
import type { OnlineUsersReader } from '../../../api/core/presence/user-status-store.ts'
import { createNchanPublisher, type NchanPublisher } from '../../../api/nchan/publisher.ts'
import { createOnlineUsersReader } from '../../../api/store/redis/online-users.ts'
import { createUserMessages } from '../../../api/store/redis/user-messages.ts'
import { connectRedis } from '../../../runtime/redis.ts'
import { login, logout, requestJson, type SseSubscription, subscribeSse } from '../../support/http-client.ts'
import { addCheapUsers, CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let stack: Stack
let redis: Redis
let nchan: NchanPublisher
let news: UserMessages
let liveUsers: OnlineUsersReader
let supervisor: string
beforeAll(async () => {
  const data = mkdtempSync(join(tmpdir(), 'hs-'))
  ;[supervisor = ''] = await addCheapUsers(data, 1)
  stack = await startStack({ data })
  redis = connectRedis(`unix:${join(stack.run, 'redis.sock')}`, () => {})
  await redis.connect()
  nchan = createNchanPublisher([join(stack.run, 'publish-1.sock')])
  news = createUserMessages({ redis, publish: nchan.publishToUser })
  liveUsers = createOnlineUsersReader(redis)
})
afterAll(async () => {
  redis?.disconnect()
  await nchan?.close()
  await stack?.stop()
})

const open: SseSubscription[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

const PREFIXES = [
  ['the softphone surface', () => `${stack.base}/sub`],
  ['our own', () => `${stack.url}/api/v1/streams`],
] as const

const subOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub

/** Logs a user in and subscribes to a channel; resolves when the stream is open. */
async function follow(username: string, channel = 'me', prefix = `${stack.base}/sub`) {
  const session = await login(stack, username)
  const follower = subscribeSse(stack, session.access, `${prefix}/${channel}`)
  open.push(follower)
  await waitUntil('the stream is open', () => follower.opens() === 1)
  return {
    ...session,
    follower,
    userId: subOf(session.access),
    types: () => follower.messages.map(({ type }) => type),
  }
}
/** The status of a GET by a user who is logged in; `supervisor` stands for the only supervisor. */
const status = async (username: string, url: string, headers: Record<string, string>) => {
  const { access } =
    username === 'supervisor' ? await login(stack, supervisor, CHEAP_PASSWORD) : await login(stack, username)
  const controller = new AbortController()
  const res = await fetch(url, {
    headers: { ...headers, Authorization: `Bearer ${access}` },
    signal: controller.signal,
  })
  controller.abort()
  return res.status
}
const sse = { Accept: 'text/event-stream' }

describe.each(PREFIXES)('over %s', (_, prefix) => {
  test('a user who subscribes to `me` receives their own messages, and none of another user', async () => {
    const [one, other] = [await follow('user1', 'me', prefix()), await follow('user2', 'me', prefix())]
    await news.send(other.userId, { type: 'for the other' })
    await news.send(one.userId, { type: 'for the one', calls: [] })
    await news.send(other.userId, { type: 'for the other again' })
    await waitUntil(
      'both have received theirs',
      () => one.types().at(-1) === 'for the one' && other.types().at(-1) === 'for the other again',
    )
    expect(one.types()).not.toContain('for the other')
    expect(other.types()).not.toContain('for the one')
    expect(one.follower.messages.at(-1)).toMatchObject({
      calls: [],
      seq: expect.any(Number),
      epoch: expect.any(String),
    })
  })

  test.each([
    ['a user may not subscribe to active-calls', 'user1', 'active-calls', 403],
    ['a supervisor may subscribe to active-calls', 'supervisor', 'active-calls', 200],
    ['an admin may subscribe to active-calls', 'admin', 'active-calls', 200],
    ['the id of a user is no channel name', 'admin', '1', 403],
    ['an unknown name is no channel', 'admin', 'nothing', 403],
  ])('%s', async (_, username, channel, expected) => {
    expect(await status(username, `${prefix()}/${channel}`, sse)).toBe(expected)
  })

  test.each([
    ['a user may not poll active-calls', 'user1', 'active-calls', 403],
    ['a supervisor may poll active-calls', 'supervisor', 'active-calls', 200],
    ['an admin may poll active-calls', 'admin', 'active-calls', 200],
    ['`me` cannot be polled', 'admin', 'me', 404],
  ])('%s', async (_, username, channel, expected) => {
    await requestJson(`${stack.base}/pub/active-calls`, { json: { calls: [] } })
    expect(await status(username, `${prefix()}/${channel}`, {})).toBe(expected)
  })

  test('a user receives a message in each of their streams, and in a later one the last message', async () => {
    const [one, other] = [await follow('user3', 'me', prefix()), await follow('user3', 'me', prefix())]
    await news.send(one.userId, { type: 'for all' })
    await waitUntil('both have received it', () =>
      [one, other].every(({ types }) => types().at(-1) === 'for all'),
    )
    const late = await follow('user3', 'me', prefix())
    await waitUntil('the late one, too', () => late.types().at(-1) === 'for all')
    expect(late.follower.messages).toHaveLength(1)
  })

  test('the end of a session ends its private stream, and not that of another session of the user', async () => {
    const [ended, spared] = [await follow('user1', 'me', prefix()), await follow('user1', 'me', prefix())]
    await logout(stack, ended)
    await waitUntil('it is cut', () => ended.follower.isClosed())
    await news.send(spared.userId, { type: 'after' })
    await waitUntil('the other receives more', () => spared.types().at(-1) === 'after')
    expect(spared.follower.opens()).toBe(1)
    expect(ended.types()).not.toContain('after')
  })
})

describe('a refused private stream', () => {
  test.each([
    ['in the envelope of the softphone surface', 0, { success: false, error: 'Forbidden' }],
    ['as problem+json on v1', 1, { status: 403, title: 'Forbidden' }],
  ] as const)('is answered %s', async (_, n, body) => {
    const { access } = await login(stack)
    const reply = await requestJson(`${PREFIXES[n][1]()}/active-calls`, { token: access, headers: sse })
    expect(reply).toMatchObject({ status: 403, body })
    const none = await requestJson(`${PREFIXES[n][1]()}/me`, { headers: sse })
    expect(none.status).toBe(401)
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="hookswitch"')
  })
})

describe('many messages in a row', () => {
  test('all arrive in order', async () => {
    const one = await follow('user2')
    const before = one.follower.messages.length
    await Promise.all(Array.from({ length: 200 }, (_, n) => news.send(one.userId, { type: 'burst', n })))
    await waitUntil('the last has come', () => one.follower.messages.at(-1)?.n === 199)
    expect(one.follower.messages.slice(before).map(({ n }) => n)).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    )
  })
})

describe('online users', () => {
  const isLive = async (userId: string) => (await liveUsers.read()).online.has(userId)

  test('are those with any stream: they appear and disappear within seconds', async () => {
    const [one, other] = [await follow('user1', 'me'), await follow('user2', 'users-state')]
    await waitUntil('both are live', async () => (await isLive(one.userId)) && (await isLive(other.userId)))
    one.follower.close()
    await waitUntil('one is gone', async () => !(await isLive(one.userId)))
    expect(await isLive(other.userId)).toBe(true)
    await logout(stack, other)
    await waitUntil('and the other', async () => !(await isLive(other.userId)))
  })

  test('disappear when their sidecar dies, and reappear with their streams when it restarts', async () => {
    const one = await follow('user3')
    await waitUntil('they are live', () => isLive(one.userId))
    const before = stack.pid('sidecar')
    stack.signal('sidecar', 'SIGKILL')
    await waitUntil('another sidecar', () => stack.pid('sidecar') !== before)
    await waitUntil('the stream came back', () => one.follower.opens() === 2)
    await waitUntil('they are live again', () => isLive(one.userId))
    await waitUntil('only one instance reports', async () => (await redis.scard('hookswitch:live')) === 1)
    one.follower.close()
    await waitUntil('they are gone', async () => !(await isLive(one.userId)))
  })
})
