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

/** Somebody who is logged in and follows a channel, from the moment that they do. */
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
/** What a GET is answered with, by somebody logged in: `supervisor` stands for the one there is. */
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
  test('a user who follows `me` hears what they are told, and nothing that another is', async () => {
    const [one, other] = [await follow('user1', 'me', prefix()), await follow('user2', 'me', prefix())]
    await news.send(other.userId, { type: 'for the other' })
    await news.send(one.userId, { type: 'for the one', calls: [] })
    await news.send(other.userId, { type: 'for the other again' })
    await waitUntil(
      'both heard theirs',
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
    ['a user does not follow active-calls', 'user1', 'active-calls', 403],
    ['a supervisor does', 'supervisor', 'active-calls', 200],
    ['an admin does', 'admin', 'active-calls', 200],
    ['a user’s id is no channel’s name', 'admin', '1', 403],
    ['nor is what we never heard of', 'admin', 'nothing', 403],
  ])('%s', async (_, username, channel, expected) => {
    expect(await status(username, `${prefix()}/${channel}`, sse)).toBe(expected)
  })

  test.each([
    ['a user does not poll active-calls', 'user1', 'active-calls', 403],
    ['a supervisor does', 'supervisor', 'active-calls', 200],
    ['an admin does', 'admin', 'active-calls', 200],
    ['`me` is followed, not polled', 'admin', 'me', 404],
  ])('%s', async (_, username, channel, expected) => {
    await requestJson(`${stack.base}/pub/active-calls`, { json: { calls: [] } })
    expect(await status(username, `${prefix()}/${channel}`, {})).toBe(expected)
  })

  test('the same user hears in every stream of theirs, and late comers the last word', async () => {
    const [one, other] = [await follow('user3', 'me', prefix()), await follow('user3', 'me', prefix())]
    await news.send(one.userId, { type: 'for all' })
    await waitUntil('both heard', () => [one, other].every(({ types }) => types().at(-1) === 'for all'))
    const late = await follow('user3', 'me', prefix())
    await waitUntil('the late one, too', () => late.types().at(-1) === 'for all')
    expect(late.follower.messages).toHaveLength(1)
  })

  test('a session that ends takes its private stream with it, and leaves another’s of the same user', async () => {
    const [ended, spared] = [await follow('user1', 'me', prefix()), await follow('user1', 'me', prefix())]
    await logout(stack, ended)
    await waitUntil('it is cut', () => ended.follower.isClosed())
    await news.send(spared.userId, { type: 'after' })
    await waitUntil('the other hears on', () => spared.types().at(-1) === 'after')
    expect(spared.follower.opens()).toBe(1)
    expect(ended.types()).not.toContain('after')
  })
})

describe('a refusal', () => {
  test.each([
    ['in the softphone surface’s envelope', 0, { success: false, error: 'Forbidden' }],
    ['as problem+json on our own', 1, { status: 403, title: 'Forbidden' }],
  ] as const)('is worded %s', async (_, n, body) => {
    const { access } = await login(stack)
    const reply = await requestJson(`${PREFIXES[n][1]()}/active-calls`, { token: access, headers: sse })
    expect(reply).toMatchObject({ status: 403, body })
    const none = await requestJson(`${PREFIXES[n][1]()}/me`, { headers: sse })
    expect(none.status).toBe(401)
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="hookswitch"')
  })
})

describe('many words in a row', () => {
  test('all arrive, in their order', async () => {
    const one = await follow('user2')
    const before = one.follower.messages.length
    await Promise.all(Array.from({ length: 200 }, (_, n) => news.send(one.userId, { type: 'burst', n })))
    await waitUntil('the last has come', () => one.follower.messages.at(-1)?.n === 199)
    expect(one.follower.messages.slice(before).map(({ n }) => n)).toEqual(
      Array.from({ length: 200 }, (_, n) => n),
    )
  })
})

describe('live users', () => {
  const isLive = async (userId: string) => (await liveUsers.read()).online.has(userId)

  test('are those with a stream, whichever it is: they appear and vanish within seconds', async () => {
    const [one, other] = [await follow('user1', 'me'), await follow('user2', 'users-state')]
    await waitUntil('both are live', async () => (await isLive(one.userId)) && (await isLive(other.userId)))
    one.follower.close()
    await waitUntil('one is gone', async () => !(await isLive(one.userId)))
    expect(await isLive(other.userId)).toBe(true)
    await logout(stack, other)
    await waitUntil('and the other', async () => !(await isLive(other.userId)))
  })

  test('vanish when their sidecar dies, and are back with their streams when it is', async () => {
    const one = await follow('user3')
    await waitUntil('they are live', () => isLive(one.userId))
    const before = stack.pid('sidecar')
    stack.signal('sidecar', 'SIGKILL')
    await waitUntil('another sidecar', () => stack.pid('sidecar') !== before)
    await waitUntil('the stream came back', () => one.follower.opens() === 2)
    await waitUntil('they are live again', () => isLive(one.userId))
    await waitUntil('only one instance says so', async () => (await redis.scard('hookswitch:live')) === 1)
    one.follower.close()
    await waitUntil('they are gone', async () => !(await isLive(one.userId)))
  })
})
