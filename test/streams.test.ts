import { networkInterfaces } from 'node:os'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openStream } from './chaos/stream-client.ts'
import { ask, type Follower, followSse, login, logout, publish } from './support/client.ts'
import { type Stack, startStack, until } from './support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function sse(token: string): Follower {
  const follower = followSse(stack, token)
  open.push(follower)
  return follower
}

/** A WebSocket on users-state, as a softphone opens it. */
function webSocket(query: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`${stack.base.replace('http', 'ws')}/sub/users-state${query}`, { headers })
  open.push({ close: () => socket.terminate() })
  const seen: { messages: Record<string, unknown>[]; closedAt?: number; code?: number; status?: number } = {
    messages: [],
  }
  socket.on('message', (data) => seen.messages.push(JSON.parse(String(data))))
  socket.on('close', (code) => Object.assign(seen, { closedAt: performance.now(), code }))
  socket.on('unexpected-response', (_, res) => Object.assign(seen, { status: res.statusCode }))
  socket.on('error', () => {})
  return { socket, seen }
}

const streamCount = async () => Number((await ask(`${stack.url}/_gate/ready`)).body.streams)
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

describe('following users-state', () => {
  test('an EventSource and a WebSocket see the last snapshot at once, and each new one', async () => {
    await publish(stack, { states: { 1001: { state: 'Idle', name: 'first' } } })
    const { access } = await login(stack)
    const [one, other] = [sse(access), webSocket('', bearer(access))]
    await until('both saw the snapshot', () => one.messages.length === 1 && other.seen.messages.length === 1)
    expect(one.messages[0]).toMatchObject({ states: { 1001: { name: 'first' } } })

    const { status, body } = await publish(stack, { states: { 1001: { state: 'Up', name: 'second' } } })
    expect(status).toBe(201)
    await until('both saw the news', () => one.messages.length === 2 && other.seen.messages.length === 2)
    expect(other.seen.messages[1]).toMatchObject({
      states: { 1001: { name: 'second' } },
      seq: body.seq,
      epoch: body.epoch,
    })
    expect(Number(body.seq)).toBe(Number(one.messages[0]?.seq) + 1)
  })

  test.each([
    ['the bare token', (token: string) => `?authorization=${token}`],
    ['the header’s whole value', (token: string) => `?authorization=Bearer%20${token}`],
  ])('works with ?authorization= holding %s', async (_, query) => {
    const { access } = await login(stack)
    const { seen } = webSocket(query(access))
    await until('a message', () => seen.messages.length > 0)
  })

  test('a ticket opens one stream, once, and it ends with the session that bought it', async () => {
    const session = await login(stack)
    const { status, body } = await ask(`${stack.base}/stream-tickets`, {
      method: 'POST',
      token: session.access,
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ success: true, expires_in: 30 })
    const first = webSocket(`?ticket=${body.ticket}`)
    await until('a message', () => first.seen.messages.length > 0)
    const second = webSocket(`?ticket=${body.ticket}`)
    await until('the second use refused', () => second.seen.status === 401)
    await logout(stack, session)
    await until('the first cut', () => first.seen.closedAt !== undefined)
  })

  test.each([
    ['no token', '', undefined, 401],
    ['a refresh token', '', 'refresh', 403],
    ['nonsense for a ticket', '?ticket=nonsense', undefined, 401],
    ['a token and a ticket', '?ticket=nonsense', 'access', 401],
  ] as const)('%s is refused', async (_, query, kind, status) => {
    const session = await login(stack)
    const { seen } = webSocket(query, kind === undefined ? {} : bearer(session[kind]))
    await until('a refusal', () => seen.status !== undefined)
    expect(seen.status).toBe(status)
  })

  test('a page of another site is refused, one of the same host is not', async () => {
    const { access } = await login(stack)
    const foreign = webSocket('', { ...bearer(access), Origin: 'https://evil.example' })
    await until('a refusal', () => foreign.seen.status === 403)
    const own = webSocket('', { ...bearer(access), Origin: stack.url })
    await until('a message', () => own.seen.messages.length > 0)
  })

  test('a plain GET waits for news and ends empty-handed when its session does', async () => {
    const session = await login(stack)
    const first = await ask(`${stack.base}/sub/users-state`, { token: session.access })
    const known = { 'If-None-Match': String(first.headers.get('etag')) }
    const waiting = ask(`${stack.base}/sub/users-state`, { token: session.access, headers: known })
    const { body } = await publish(stack, { states: {}, news: true })
    expect(await waiting).toMatchObject({ status: 200, body: { news: true, seq: body.seq } })

    const latest = await ask(`${stack.base}/sub/users-state`, { token: session.access })
    const cut = ask(`${stack.base}/sub/users-state`, {
      token: session.access,
      headers: { 'If-None-Match': String(latest.headers.get('etag')) },
    })
    await logout(stack, session)
    expect((await cut).status).toBe(401)
  })
})

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1')

describe('publishing', () => {
  test.skipIf(!hasIpv6)(
    `works over IPv6 loopback as over IPv4${hasIpv6 ? '' : ' (skipped: this machine has no ::1)'}`,
    async () => {
      const base = stack.base.replace('127.0.0.1', '[::1]')
      expect([201, 202]).toContain((await publish({ base }, { states: {}, over: 'IPv6' })).status)
      const { access } = await login(stack)
      const { body } = await ask(`${stack.base}/sub/users-state`, { token: access })
      expect(body).toMatchObject({ over: 'IPv6' })
    },
  )
})

describe('ending a session', () => {
  test('cuts its streams within a second, for good, and nobody else’s', async () => {
    const [mine, theirs] = [await login(stack, 'user1'), await login(stack, 'user2')]
    const cut = { sse: sse(mine.access), ws: webSocket('', bearer(mine.access)) }
    const spared = { sse: sse(theirs.access), ws: webSocket('', bearer(theirs.access)) }
    await until('all four open', () =>
      [cut.sse.messages, cut.ws.seen.messages, spared.sse.messages, spared.ws.seen.messages].every(
        (all) => all.length > 0,
      ),
    )
    const endedAt = performance.now()
    await logout(stack, mine)
    await until('both cut', () => cut.sse.lostAt() !== undefined && cut.ws.seen.closedAt !== undefined)
    expect((cut.sse.lostAt() ?? 0) - endedAt).toBeLessThan(1_000)
    expect((cut.ws.seen.closedAt ?? 0) - endedAt).toBeLessThan(1_000)
    await until('the EventSource gives up, as its token is refused', () => cut.sse.isClosed())

    await publish(stack, { states: {}, after: 'logout' })
    await until('the others see what follows', () =>
      [spared.sse.messages, spared.ws.seen.messages].every((all) => all.at(-1)?.after === 'logout'),
    )
    expect(spared.sse.opens()).toBe(1)
    expect(cut.sse.messages.some((message) => message.after === 'logout')).toBe(false)
  })

  test('cuts every stream of many sessions, over all workers, and spares every other one', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 40 }, (_, n) => login(stack, `user${(n % 3) + 1}`)),
    )
    const sockets = sessions.map(
      ({ access }) => [webSocket('', bearer(access)), webSocket('', bearer(access))] as const,
    )
    await until('all open', () => sockets.flat().every(({ seen }) => seen.messages.length > 0))
    const doomed = sessions.filter((_, n) => n % 2 === 0)
    await Promise.all(doomed.map((session) => logout(stack, session)))
    await until('the doomed are cut', () =>
      sockets
        .filter((_, n) => n % 2 === 0)
        .flat()
        .every(({ seen }) => seen.closedAt !== undefined),
    )
    await publish(stack, { states: {}, round: 'last' })
    const rest = sockets.filter((_, n) => n % 2 === 1).flat()
    await until('the rest follow on', () => rest.every(({ seen }) => seen.messages.at(-1)?.round === 'last'))
    expect(rest.filter(({ seen }) => seen.closedAt !== undefined)).toEqual([])
  })

  test('costs nobody else a stream, though a WebSocket client leaves the close frame unanswered or breaks off', async () => {
    await publish(stack, { states: {} })
    const watcher = await login(stack, 'user2')
    const others = await Promise.all(Array.from({ length: 6 }, async () => sse(watcher.access)))
    await until('the others are open', () => others.every(({ messages }) => messages.length > 0))
    for (const leaves of [false, true]) {
      const session = await login(stack)
      const clients = Array.from({ length: 4 }, () =>
        openStream(stack, { kind: 'ws', token: session.access }),
      )
      for (const { socket } of clients) open.push({ close: () => socket.destroy() })
      await until('all are open', () => clients.every(({ status }) => status() === 101))
      await until('all are subscribed', async () => (await streamCount()) >= others.length + clients.length)
      await logout(stack, session)
      if (leaves) for (const { socket } of clients) socket.resetAndDestroy()
      await until('all have ended', () => clients.every(({ closedAt }) => closedAt() !== undefined))
    }
    // An instance that is taken for stuck is killed within this time.
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    expect(stack.said()).not.toMatch(/stream-\d answers nothing/)
    expect(others.map(({ lostAt }) => lostAt())).toEqual(others.map(() => undefined))
  })

  test('cuts a stream that is only just being opened', async () => {
    for (let round = 0; round < 20; round += 1) {
      const session = await login(stack)
      const { seen } = webSocket('', bearer(session.access))
      // Somewhere between the verdict and the subscription, a little later each time.
      await new Promise((resolve) => setTimeout(resolve, round % 5))
      await logout(stack, session)
      await until('refused or cut', () => seen.closedAt !== undefined || seen.status === 401)
    }
  })
})

describe('a session that opens ever more streams', () => {
  test('keeps the newest of them: the oldest makes room', async () => {
    const crowded = await startStack({ env: { HOOKSWITCH_MAX_STREAMS_PER_SESSION: '3' } })
    try {
      await publish(crowded, { states: {} })
      const { access } = await login(crowded)
      const followers: Follower[] = []
      for (let n = 0; n < 4; n += 1) {
        const follower = followSse(crowded, access)
        followers.push(follower)
        await until('it is open', () => follower.messages.length > 0)
      }
      await until('the first is cut', () => followers[0]?.lostAt() !== undefined)
      expect(followers.slice(1).map((one) => one.lostAt())).toEqual([undefined, undefined, undefined])
      for (const follower of followers) follower.close()
    } finally {
      await crowded.stop()
    }
  })
})

describe('an expired token', () => {
  test('ends its streams a few seconds later', async () => {
    const brief = await startStack({ env: { HOOKSWITCH_ACCESS_TTL: '10' } })
    try {
      // The least that the setting allows.
      await publish(brief, { states: {} })
      const { access } = await login(brief)
      const follower = followSse(brief, access)
      await until('it is open', () => follower.messages.length > 0)
      await until('it is cut and refused', () => follower.isClosed(), 45_000)
      const exp = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()).exp
      expect(Date.now() / 1000).toBeGreaterThan(exp)
    } finally {
      await brief.stop()
    }
  })
})

describe('nginx', () => {
  test('reloaded: clients come back and see the snapshot again', async () => {
    await publish(stack, { states: {}, before: 'reload' })
    const { access } = await login(stack)
    const follower = sse(access)
    await until('it is open', () => follower.messages.length === 1)
    stack.signal('nginx', 'SIGHUP')
    await until('it came back', () => follower.opens() === 2)
    await until('it has the snapshot again', () => follower.messages.length === 2)
    expect(follower.messages[1]).toMatchObject({ before: 'reload' })
  })

  test('killed: it is started again, with the snapshot', async () => {
    const before = stack.pid('nginx')
    const { access } = await login(stack)
    const follower = sse(access)
    await until('it is open', () => follower.messages.length === 1)
    stack.signal('nginx', 'SIGKILL')
    await until('another nginx', () => stack.pid('nginx') !== before)
    await until('it came back with the snapshot', () => follower.messages.length === 2)
  })
})
