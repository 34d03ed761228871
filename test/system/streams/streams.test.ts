import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { EventSource } from 'eventsource'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { project } from '../../support/build.ts'
import {
  login,
  logout,
  publish,
  requestJson,
  type SseSubscription,
  subscribeSse,
} from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { openStream } from '../../support/stream-client.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function sse(token: string): SseSubscription {
  const follower = subscribeSse(stack, token)
  open.push(follower)
  return follower
}

/** A WebSocket on users-state, opened as a softphone does. */
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

const streamsOf = async (where: Stack) => Number((await requestJson(`${where.url}/_gate/ready`)).body.streams)
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

const poll = (token: string, named?: string) =>
  requestJson(`${stack.base}/sub/users-state`, {
    token,
    headers: named === undefined ? {} : { 'If-None-Match': named },
  })

describe('a subscription to users-state', () => {
  test('shows an EventSource and a WebSocket the last snapshot at once, and each new one', async () => {
    await publish(stack, { states: { 1001: { state: 'Idle', name: 'first' } } })
    const { access } = await login(stack)
    const [one, other] = [sse(access), webSocket('', bearer(access))]
    await waitUntil(
      'both saw the snapshot',
      () => one.messages.length === 1 && other.seen.messages.length === 1,
    )
    expect(one.messages[0]).toMatchObject({ states: { 1001: { name: 'first' } } })

    const { status, body } = await publish(stack, { states: { 1001: { state: 'Up', name: 'second' } } })
    expect(status).toBe(201)
    await waitUntil('both saw the news', () => one.messages.length === 2 && other.seen.messages.length === 2)
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
    await waitUntil('a message', () => seen.messages.length > 0)
  })

  test('by ticket opens one stream, once, which ends with the session that requested the ticket', async () => {
    const session = await login(stack)
    const { status, body } = await requestJson(`${stack.base}/stream-tickets`, {
      method: 'POST',
      token: session.access,
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({ success: true, expires_in: 30 })
    const first = webSocket(`?ticket=${body.ticket}`)
    await waitUntil('a message', () => first.seen.messages.length > 0)
    const second = webSocket(`?ticket=${body.ticket}`)
    await waitUntil('the second use refused', () => second.seen.status === 401)
    await logout(stack, session)
    await waitUntil('the first cut', () => first.seen.closedAt !== undefined)
  })

  test.each([
    ['no token', '', undefined, 401],
    ['a refresh token', '', 'refresh', 403],
    ['nonsense for a ticket', '?ticket=nonsense', undefined, 401],
    ['a token and a ticket', '?ticket=nonsense', 'access', 401],
  ] as const)('%s is refused', async (_, query, kind, status) => {
    const session = await login(stack)
    const { seen } = webSocket(query, kind === undefined ? {} : bearer(session[kind]))
    await waitUntil('a refusal', () => seen.status !== undefined)
    expect(seen.status).toBe(status)
  })

  test('is refused for a page of another site, and not for one of the same host', async () => {
    const { access } = await login(stack)
    const foreign = webSocket('', { ...bearer(access), Origin: 'https://evil.example' })
    await waitUntil('a refusal', () => foreign.seen.status === 403)
    const odd = webSocket('', { ...bearer(access), Origin: 'https://evil.example|x' })
    await waitUntil('a refusal of an odd one', () => odd.seen.status === 403)
    const own = webSocket('', { ...bearer(access), Origin: stack.url })
    await waitUntil('a message', () => own.seen.messages.length > 0)
  })

  test('by a plain GET waits for a change, and ends without one when its session ends', async () => {
    const session = await login(stack)
    const first = await requestJson(`${stack.base}/sub/users-state`, { token: session.access })
    const known = { 'If-None-Match': String(first.headers.get('etag')) }
    const waiting = requestJson(`${stack.base}/sub/users-state`, { token: session.access, headers: known })
    const { body } = await publish(stack, { states: {}, news: true })
    expect(await waiting).toMatchObject({ status: 200, body: { news: true, seq: body.seq } })

    const latest = await requestJson(`${stack.base}/sub/users-state`, { token: session.access })
    const cut = requestJson(`${stack.base}/sub/users-state`, {
      token: session.access,
      headers: { 'If-None-Match': String(latest.headers.get('etag')) },
    })
    await logout(stack, session)
    expect((await cut).status).toBe(401)
  })
})

describe('a plain GET with If-None-Match', () => {
  test('waits for a change, in any spelling of the tag', async () => {
    await publish(stack, { states: {} })
    const { access } = await login(stack)
    const tag = String((await poll(access)).headers.get('etag'))
    const spellings = [tag, `W/${tag}`, `"zzz" ,\t${tag}`, '*', tag.replace(/"$/, '-gzip"')]
    const early: string[] = []
    const waiting = spellings.map((named) => {
      const one = poll(access, named)
      void one.then(() => early.push(named))
      return one
    })
    // An answer without waiting takes some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect(early).toEqual([])
    const { body } = await publish(stack, { states: {}, news: true })
    for (const one of await Promise.all(waiting))
      expect(one).toMatchObject({ status: 200, body: { seq: body.seq } })
    expect(await poll(access, `${tag}, W/"zzz"`)).toMatchObject({ status: 200, body: { seq: body.seq } })
  })
})

describe('the sample for web pages', () => {
  interface Sample {
    follow(about: {
      base: string
      getToken(): string
      onMessage(message: Record<string, unknown>): void
      onEnd(): void
    }): () => void
  }
  /** As the documentation shows it. */
  async function readSample(): Promise<Sample> {
    const text = readFileSync(join(project, 'docs', 'browsers.md'), 'utf8')
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? []
    return import(`data:text/javascript,${encodeURIComponent(`${code}\nexport { follow }`)}`)
  }
  afterEach(() => vi.unstubAllGlobals())

  test('reconnects after a drop with a new ticket, and ends with its session', async () => {
    vi.stubGlobal('EventSource', EventSource)
    const { follow } = await readSample()
    const session = await login(stack)
    const seen: Record<string, unknown>[] = []
    let ends = 0
    const stop = follow({
      base: stack.base,
      getToken: () => session.access,
      onMessage: (message) => seen.push(message),
      onEnd: () => {
        ends += 1
      },
    })
    open.push({ close: stop })
    await publish(stack, { states: {}, at: 'first' })
    await waitUntil('it follows', () => seen.some(({ at }) => at === 'first'))
    stack.signal('stream-1', 'SIGKILL')
    await waitUntil('it follows again', async () => {
      await publish(stack, { states: {}, at: 'after the drop' })
      return seen.some(({ at }) => at === 'after the drop')
    })
    expect(ends).toBe(0)
    await logout(stack, session)
    await waitUntil('it is over', () => ends === 1)
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
      const { body } = await requestJson(`${stack.base}/sub/users-state`, { token: access })
      expect(body).toMatchObject({ over: 'IPv6' })
    },
  )
})

describe('the end of a session', () => {
  test('cuts its streams within a second, permanently, and no others', async () => {
    const [mine, theirs] = [await login(stack, 'user1'), await login(stack, 'user2')]
    const cut = { sse: sse(mine.access), ws: webSocket('', bearer(mine.access)) }
    const spared = { sse: sse(theirs.access), ws: webSocket('', bearer(theirs.access)) }
    await waitUntil('all four open', () =>
      [cut.sse.messages, cut.ws.seen.messages, spared.sse.messages, spared.ws.seen.messages].every(
        (all) => all.length > 0,
      ),
    )
    const endedAt = performance.now()
    await logout(stack, mine)
    await waitUntil('both cut', () => cut.sse.lostAt() !== undefined && cut.ws.seen.closedAt !== undefined)
    expect((cut.sse.lostAt() ?? 0) - endedAt).toBeLessThan(1_000)
    expect((cut.ws.seen.closedAt ?? 0) - endedAt).toBeLessThan(1_000)
    await waitUntil('the EventSource gives up, as its token is refused', () => cut.sse.isClosed())

    await publish(stack, { states: {}, after: 'logout' })
    await waitUntil('the others see what follows', () =>
      [spared.sse.messages, spared.ws.seen.messages].every((all) => all.at(-1)?.after === 'logout'),
    )
    expect(spared.sse.opens()).toBe(1)
    expect(cut.sse.messages.some((message) => message.after === 'logout')).toBe(false)
  })

  test('cuts every stream of many sessions, over all workers, and no others', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 40 }, (_, n) => login(stack, `user${(n % 3) + 1}`)),
    )
    const sockets = sessions.map(
      ({ access }) => [webSocket('', bearer(access)), webSocket('', bearer(access))] as const,
    )
    await waitUntil('all open', () => sockets.flat().every(({ seen }) => seen.messages.length > 0))
    const doomed = sessions.filter((_, n) => n % 2 === 0)
    await Promise.all(doomed.map((session) => logout(stack, session)))
    await waitUntil('the doomed are cut', () =>
      sockets
        .filter((_, n) => n % 2 === 0)
        .flat()
        .every(({ seen }) => seen.closedAt !== undefined),
    )
    await publish(stack, { states: {}, round: 'last' })
    const rest = sockets.filter((_, n) => n % 2 === 1).flat()
    await waitUntil('the rest follow on', () =>
      rest.every(({ seen }) => seen.messages.at(-1)?.round === 'last'),
    )
    expect(rest.filter(({ seen }) => seen.closedAt !== undefined)).toEqual([])
  })

  test('leaves the instances of Nchan running: no other stream ends later', async () => {
    await publish(stack, { states: {} })
    const [mine, theirs] = [await login(stack, 'user1'), await login(stack, 'user2')]
    const doomed = [webSocket('', bearer(mine.access)), webSocket('', bearer(mine.access))]
    const spared = { sse: sse(theirs.access), ws: webSocket('', bearer(theirs.access)) }
    await waitUntil('all four are open', () =>
      [...doomed.map(({ seen }) => seen), spared.sse, spared.ws.seen].every((it) => it.messages.length > 0),
    )
    const [pid, logLength] = [stack.pid('stream-1'), stack.logs().length]
    await logout(stack, mine)
    await waitUntil('both are cut', () => doomed.every(({ seen }) => seen.closedAt !== undefined))
    // The sidecar checks for 2 s whether they have ended; an instance that does not end streams is killed 3 s later.
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    expect(spared.ws.seen.closedAt).toBeUndefined()
    expect([spared.sse.opens(), spared.sse.lostAt()]).toEqual([1, undefined])
    expect(stack.pid('stream-1')).toBe(pid)
    expect(stack.logs().slice(logLength)).not.toContain('did not end')
  })

  test('ends no other stream, although a WebSocket client does not answer the close frame or disconnects', async () => {
    await publish(stack, { states: {} })
    const watcher = await login(stack, 'user2')
    const others = await Promise.all(Array.from({ length: 6 }, async () => sse(watcher.access)))
    await waitUntil('the others are open', () => others.every(({ messages }) => messages.length > 0))
    for (const leaves of [false, true]) {
      const session = await login(stack)
      const clients = Array.from({ length: 4 }, () =>
        openStream(stack, { kind: 'ws', token: session.access }),
      )
      for (const { socket } of clients) open.push({ close: () => socket.destroy() })
      await waitUntil('all are open', () => clients.every(({ status }) => status() === 101))
      await waitUntil(
        'all are subscribed',
        async () => (await streamsOf(stack)) >= others.length + clients.length,
      )
      await logout(stack, session)
      if (leaves) for (const { socket } of clients) socket.resetAndDestroy()
      await waitUntil('all have ended', () => clients.every(({ closedAt }) => closedAt() !== undefined))
    }
    // An instance that is considered stuck is killed within this time.
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    expect(stack.output()).not.toMatch(/stream-\d answers nothing/)
    expect(others.map(({ lostAt }) => lostAt())).toEqual(others.map(() => undefined))
  })

  test('cuts a stream that is being opened', async () => {
    for (let round = 0; round < 20; round += 1) {
      const session = await login(stack)
      const { seen } = webSocket('', bearer(session.access))
      // Between the verdict and the subscription, a little later each time.
      await new Promise((resolve) => setTimeout(resolve, round % 5))
      await logout(stack, session)
      await waitUntil('refused or cut', () => seen.closedAt !== undefined || seen.status === 401)
    }
  })
})

/** An empty ping, masked as a client's frame must be. */
const PING = Buffer.from([0x89, 0x80, 1, 2, 3, 4])

describe('a WebSocket client that floods its stream', () => {
  test.each([
    ['pings', Buffer.alloc(PING.length * 100_000, PING)],
    ['messages', Buffer.alloc(11 * 60_000, Buffer.from([0x81, 0x85, 0, 0, 0, 0, 1, 2, 3, 4, 5]))],
    ['empty fragments', Buffer.alloc(6 * 100_000, Buffer.from([0x01, 0x80, 0, 0, 0, 0]))],
    [
      'one endless message',
      Buffer.concat([Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0]), Buffer.alloc(600_000)]),
    ],
  ])('by %s is dropped, and costs no other stream a message', async (_, flood) => {
    await publish(stack, { states: {} })
    const [attacker, other] = [await login(stack, 'user3'), await login(stack, 'user2')]
    const followers = [sse(other.access), webSocket('', bearer(other.access)).seen]
    const pid = stack.pid('stream-1')
    const flooding = Array.from({ length: 4 }, () =>
      openStream(stack, { kind: 'ws', token: attacker.access }),
    )
    for (const { socket } of flooding) open.push({ close: () => socket.destroy() })
    await waitUntil('all are open', () => [...followers].every(({ messages }) => messages.length > 0))
    await waitUntil('the attacker is', () => flooding.every(({ status }) => status() === 101))
    for (const { socket } of flooding) socket.write(flood)
    for (let n = 0; n < 5; n += 1) {
      await publish(stack, { states: {}, n })
      await waitUntil(`both others see message ${n}`, () =>
        followers.every(({ messages }) => messages.at(-1)?.n === n),
      )
    }
    await waitUntil('the attacker is dropped', () =>
      flooding.every(({ closedAt }) => closedAt() !== undefined),
    )
    expect(stack.pid('stream-1')).toBe(pid)
    expect(followers.map((one) => one.messages.length)).toEqual(followers.map(() => 6))
  })

  test('does not include one that sends its own keep-alive and answers each ping', async () => {
    const { access } = await login(stack)
    const { socket, seen } = webSocket('', bearer(access))
    await waitUntil('it is open', () => socket.readyState === socket.OPEN)
    for (let n = 0; n < 30; n += 1) {
      socket.ping()
      socket.send('ping')
    }
    await publish(stack, { states: {}, still: 'here' })
    await waitUntil('it receives more', () => seen.messages.at(-1)?.still === 'here')
    expect(seen.closedAt).toBeUndefined()
  })
})

describe('the close code of a WebSocket stream', () => {
  const opened = async () => {
    await publish(stack, { states: {} })
    const session = await login(stack)
    const stream = webSocket('', bearer(session.access))
    await waitUntil('it is open', () => stream.seen.messages.length > 0)
    return { session, ...stream }
  }
  const codeOf = async ({ seen }: ReturnType<typeof webSocket>) => {
    await waitUntil('it is closed', () => seen.code !== undefined)
    return seen.code
  }

  test('asks for a new sign-in when the session has ended', async () => {
    const { session, ...stream } = await opened()
    await logout(stack, session)
    expect(await codeOf(stream)).toBe(4401)
  })

  test('asks to connect again when the instance of Nchan dies', async () => {
    const { session, ...stream } = await opened()
    process.kill(Number(stack.pid('stream-1')), 'SIGKILL')
    expect(await codeOf(stream)).toBe(1012)
    await waitUntil('the token opens another', async () => {
      const again = webSocket('', bearer(session.access))
      await waitUntil('an answer', () => again.seen.messages.length > 0 || again.seen.closedAt !== undefined)
      return again.seen.messages.length > 0
    })
  })

  test('is missing when the relay dies; the client reconnects, and no other stream ends', async () => {
    const { session, ...stream } = await opened()
    const follower = sse(session.access)
    await waitUntil('an EventSource is open', () => follower.messages.length > 0)
    process.kill(Number(stack.pid('relay-1')), 'SIGKILL')
    expect(await codeOf(stream)).toBe(1006)
    await waitUntil('the token opens another', async () => {
      const again = webSocket('', bearer(session.access))
      await waitUntil('an answer', () => again.seen.messages.length > 0 || again.seen.closedAt !== undefined)
      return again.seen.messages.length > 0
    })
    expect([follower.opens(), follower.lostAt()]).toEqual([1, undefined])
  })
})

describe('a session that opens ever more streams', () => {
  test('keeps the newest of them: the oldest is cut', async () => {
    const crowded = await startStack({ env: { HOOKSWITCH_MAX_STREAMS_PER_SESSION: '3' } })
    try {
      await publish(crowded, { states: {} })
      const { access } = await login(crowded)
      const followers: SseSubscription[] = []
      for (let n = 0; n < 4; n += 1) {
        const follower = subscribeSse(crowded, access)
        followers.push(follower)
        await waitUntil('it is open', () => follower.messages.length > 0)
      }
      await waitUntil('the first is cut', () => followers[0]?.lostAt() !== undefined)
      expect(followers.slice(1).map((one) => one.lostAt())).toEqual([undefined, undefined, undefined])
      for (const follower of followers) follower.close()
    } finally {
      await crowded.stop()
    }
  })
})

describe('an account with many sessions', () => {
  test('has a limit of streams over all of them: the oldest is cut', async () => {
    const crowded = await startStack({ env: { HOOKSWITCH_MAX_STREAMS_PER_USER: '3' } })
    try {
      await publish(crowded, { states: {} })
      const followers: SseSubscription[] = []
      for (let n = 0; n < 4; n += 1) {
        const follower = subscribeSse(crowded, (await login(crowded)).access)
        followers.push(follower)
        await waitUntil('it is open', () => follower.messages.length > 0)
      }
      const other = subscribeSse(crowded, (await login(crowded, 'user2')).access)
      await waitUntil('the first is cut', () => followers[0]?.lostAt() !== undefined)
      await waitUntil('another user has room', () => other.messages.length > 0)
      expect(followers.slice(1).map((one) => one.lostAt())).toEqual([undefined, undefined, undefined])
      for (const follower of [...followers, other]) follower.close()
    } finally {
      await crowded.stop()
    }
  })
})

/** A stream over a bare socket: nothing is read unless the test reads it. */
function openRaw(where: Stack, token: string): Socket {
  const socket = connect(Number(new URL(where.url).port), '127.0.0.1')
  socket.on('error', () => {})
  const head = [
    'GET /pbxcore/api/module-softphone-backend/v1/sub/users-state HTTP/1.1',
    'Host: x',
    'Accept: text/event-stream',
    `Authorization: Bearer ${token}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  open.push({ close: () => socket.destroy() })
  return socket
}

describe('a client that disconnects at once', () => {
  test('is not counted as an open stream', async () => {
    const before = await streamsOf(stack)
    const { access } = await login(stack, 'user3')
    for (let n = 0; n < 40; n += 1) {
      const socket = openRaw(stack, access)
      await new Promise((resolve) => socket.once('connect', resolve))
      setTimeout(() => socket.resetAndDestroy(), n % 4)
    }
    await waitUntil('none is left', async () => (await streamsOf(stack)) <= before)
  })
})

describe('many WebSockets that do not read', () => {
  test('cost no other client a message or its stream, however large the snapshots are', async () => {
    await publish(stack, { states: {} })
    const [idle, other] = [await login(stack, 'user1'), await login(stack, 'user2')]
    const silent = Array.from({ length: 90 }, () => openStream(stack, { kind: 'ws', token: idle.access }))
    for (const { socket } of silent) open.push({ close: () => socket.destroy() })
    await waitUntil('they are open', () => silent.every(({ status }) => status() === 101))
    for (const { socket } of silent) socket.pause()
    const followers = [sse(other.access), webSocket('', bearer(other.access)).seen]
    await waitUntil('the others are open', () => followers.every(({ messages }) => messages.length > 0))
    for (let n = 0; n < 6; n += 1) {
      await publish(stack, { states: {}, n, pad: 'x'.repeat(680_000) })
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    await waitUntil('the others see the last', () =>
      followers.every(({ messages }) => messages.at(-1)?.n === 5),
    )
    expect(followers.map(({ messages }) => messages.length)).toEqual([7, 7])
    await publish(stack, { states: {} })
  })
})

describe('a subscriber that stops reading', () => {
  test('is dropped, and the others receive every later change', async () => {
    // Its unread messages would fill this memory many times over.
    const small = await startStack({ env: { HOOKSWITCH_NCHAN_MEMORY: '8' } })
    try {
      await publish(small, { states: {} })
      const healthy = await Promise.all(
        Array.from({ length: 5 }, async () => subscribeSse(small, (await login(small)).access)),
      )
      const stopped = openRaw(small, (await login(small, 'user2')).access)
      await waitUntil('all are open', async () => (await streamsOf(small)) === 6)
      stopped.pause()
      const load = 'x'.repeat(80_000)
      for (let n = 1; n <= 200; n += 1) {
        const { status } = await publish(small, { states: {}, n, load })
        expect(status).toBe(201)
      }
      await waitUntil('all saw the last', () => healthy.every(({ messages }) => messages.at(-1)?.n === 200))
      await waitUntil('it is dropped', async () => (await streamsOf(small)) === 5)
      expect(healthy.map((one) => one.opens())).toEqual([1, 1, 1, 1, 1])
      for (const one of healthy) one.close()
    } finally {
      await small.stop()
    }
  })
})

describe('a process that hangs', () => {
  test('is killed and restarted: an instance of Nchan, and its clients reconnect', async () => {
    await publish(stack, { states: {} })
    const { access } = await login(stack)
    const follower = sse(access)
    await waitUntil('it is open', () => follower.messages.length > 0)
    const before = stack.pid('stream-1')
    stack.signal('stream-1', 'SIGSTOP')
    await waitUntil('another instance', () => stack.pid('stream-1') !== before)
    await waitUntil('it came back', () => follower.opens() === 2 && follower.messages.length > 1)
    expect(stack.output()).toMatch(/stream-1 answers nothing for \d/)
  })
})

/** They wait for real lifetimes, and two have a stack of their own. Nothing may be published on the first one meanwhile. */
describe.concurrent('what takes its time', () => {
  describe('a plain GET with If-None-Match', () => {
    test('is answered after 25 seconds that there is no change, with the same tag', async () => {
      await publish(stack, { states: {} })
      const { access } = await login(stack)
      const tag = String((await poll(access)).headers.get('etag'))
      const { status, headers } = await poll(access, `W/${tag}`)
      expect([status, headers.get('etag'), headers.get('cache-control')]).toEqual([304, tag, 'no-store'])
    })
  })
  describe('two instances of Nchan', () => {
    test('share the streams; if one dies, only its own streams are interrupted, for seconds', async () => {
      const double = await startStack({ env: { HOOKSWITCH_STREAM_INSTANCES: '2' } })
      try {
        await publish(double, { states: {} })
        const followers = await Promise.all(
          Array.from({ length: 24 }, async () => subscribeSse(double, (await login(double)).access)),
        )
        await waitUntil('all are open', () => followers.every(({ messages }) => messages.length > 0))
        const before = double.pid('stream-1')
        const killedAt = performance.now()
        double.signal('stream-1', 'SIGKILL')
        await waitUntil('another instance', () => double.pid('stream-1') !== before)
        await waitUntil('those it had are back', () =>
          followers.every((one) => one.lostAt() === undefined && one.messages.length === one.opens()),
        )
        const tookMs = performance.now() - killedAt
        const spared = followers.filter((one) => one.opens() === 1)
        expect(spared.length).toBeGreaterThan(0)
        expect(spared.length).toBeLessThan(24)
        // An EventSource of this client reconnects after three seconds.
        expect(tookMs).toBeLessThan(20_000)

        const session = await login(double)
        const late = subscribeSse(double, session.access)
        await waitUntil('a new stream opens', () => late.messages.length > 0)
        await logout(double, session)
        await waitUntil('and ends with its session', () => late.isClosed())
        for (const one of followers) one.close()
      } finally {
        await double.stop()
      }
    })
  })
  describe('an expired token', () => {
    test('ends its streams a few seconds later', async () => {
      const brief = await startStack({ env: { HOOKSWITCH_ACCESS_TTL: '10' } })
      try {
        // The minimum of the setting.
        await publish(brief, { states: {} })
        const { access } = await login(brief)
        const follower = subscribeSse(brief, access)
        await waitUntil('it is open', () => follower.messages.length > 0)
        await waitUntil('it is cut and refused', () => follower.isClosed(), 45_000)
        const exp = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()).exp
        expect(Date.now() / 1000).toBeGreaterThan(exp)
      } finally {
        await brief.stop()
      }
    })
  })
})

describe('nginx', () => {
  test('is reloaded: clients reconnect and receive the snapshot again', async () => {
    await publish(stack, { states: {}, before: 'reload' })
    const { access } = await login(stack)
    const follower = sse(access)
    await waitUntil('it is open', () => follower.messages.length === 1)
    stack.signal('nginx', 'SIGHUP')
    await waitUntil('it came back', () => follower.opens() === 2)
    await waitUntil('it has the snapshot again', () => follower.messages.length === 2)
    expect(follower.messages[1]).toMatchObject({ before: 'reload' })
  })

  test('is killed: it is restarted, with the snapshot', async () => {
    const before = stack.pid('nginx')
    const { access } = await login(stack)
    const follower = sse(access)
    await waitUntil('it is open', () => follower.messages.length === 1)
    stack.signal('nginx', 'SIGKILL')
    await waitUntil('another nginx', () => stack.pid('nginx') !== before)
    await waitUntil('it came back with the snapshot', () => follower.messages.length === 2)
  })
})
