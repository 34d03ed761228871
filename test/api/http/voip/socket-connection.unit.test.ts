import { randomBytes } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { describe, expect, test } from 'vitest'
import { tokenOf } from './fixture.ts'
import { startSocketFixture } from './socket-fixture.ts'

/** Each test has its own server, as it ends sessions, floods it or advances its clock. */
async function withSocketFixture(
  body: (world: Awaited<ReturnType<typeof startSocketFixture>>) => Promise<void>,
  difference: Parameters<typeof startSocketFixture>[0] = {},
) {
  const world = await startSocketFixture(difference)
  try {
    await body(world)
  } finally {
    await world.stop()
  }
}
const nowS = () => Math.floor(Date.now() / 1000)

describe('the end of a session', () => {
  test('a revocation closes the socket with 4401, without further messages; sockets of others stay open', () =>
    withSocketFixture(async (world) => {
      const { user1, user2 } = world.users
      const [own, other] = await Promise.all([world.enter(user1), world.enter(user2)])
      world.revocations.add({ kind: 'sid', key: `session-${user1.id}`, generation: 0, until: 9e9 })
      const status = { type: 'user_status', user: { id: '4', extension: '1003', status: 'away' } }
      world.userMessages.emit(undefined, status)
      expect(await own.closed).toBe(4401)
      expect(own.frames).toHaveLength(1)
      expect(await other.next('user_status')).toMatchObject({ from: '1003' })
    }))

  test('a command that waits at the revocation is not run', () =>
    withSocketFixture(async (world) => {
      const { user1 } = world.users
      const client = await world.enter(user1)
      world.revocations.add({ kind: 'user', key: user1.id, generation: 1, until: 9e9 })
      client.send({ type: 'hangup', channel: 'hk_call' })
      expect(await client.closed).toBe(4401)
      expect(world.asked).toEqual([])
    }))

  test('an expired token closes the socket with 4401, unless a newer token of the session was sent', () =>
    withSocketFixture(async (world) => {
      const { user1 } = world.users
      const short = () => tokenOf(user1, { claims: { exp: nowS() + 10 } })
      const [lasting, dying] = [await world.enter(user1, short()), await world.enter(user1, short())]
      lasting.send({ type: 'auth', token: tokenOf(user1) })
      expect(await lasting.next('auth')).toMatchObject({ status: 'ok' })
      world.wait(11_000)
      expect(await dying.closed).toBe(4401)
      lasting.send({ type: 'ping' })
      await lasting.next('pong')
    }))

  test.each([
    ['of another session', { claims: { sid: 'session-x' } }],
    ['of another user', { claims: { sub: '3' } }],
    ['of another extension', { claims: { extension: '1002' } }],
    ['of the kind refresh', { header: { typ: 'rt+jwt' } }],
    ['that has expired', { claims: { iat: 1, exp: 2 } }],
  ])('a token %s does not extend the socket', (_, changes) =>
    withSocketFixture(async (world) => {
      const { user1 } = world.users
      const client = await world.enter(user1, tokenOf(user1, { claims: { exp: nowS() + 10 } }))
      client.send({ type: 'auth', token: tokenOf(user1, changes) })
      expect(await client.next('error')).toMatchObject({ request: 'auth' })
      world.wait(11_000)
      expect(await client.closed).toBe(4401)
    }),
  )

  test('without fresh revocations the socket closes with 1013, and no new one opens', () =>
    withSocketFixture(async (world) => {
      const { user1 } = world.users
      const client = await world.enter(user1)
      world.revocations.markStale()
      expect(await client.closed).toBe(1013)
      const headers = { Authorization: `Bearer ${tokenOf(user1)}` }
      expect(await world.refused('/ws?extension=1001', { headers })).toMatchObject({ status: 503 })
    }))

  test('close() closes all sockets with 1001', () =>
    withSocketFixture(async (world) => {
      const client = await world.enter(world.users.user1)
      expect(world.voip.users()).toEqual(new Set([world.users.user1.id]))
      world.voip.close()
      expect(await client.closed).toBe(1001)
      await expect.poll(() => world.voip.users().size).toBe(0)
    }))
})

describe('the maximum of sockets of a user over all sessions', () => {
  const login = (n: number) => ({ claims: { sid: `login-${n}` } })
  const inSmallWorld = (body: Parameters<typeof withSocketFixture>[0]) =>
    withSocketFixture(body, { maxPerUser: 4, times: { checkIntervalMs: 20, closeTimeoutMs: 60_000 } })

  test('a new socket evicts the oldest with 1008; sockets of others stay open', () =>
    inSmallWorld(async (world) => {
      const { user1, user2 } = world.users
      const other = await world.enter(user2)
      const clients = []
      for (let n = 0; n < 10; n++) clients.push(await world.enter(user1, tokenOf(user1, login(n % 5))))
      const [old, young] = [clients.slice(0, 6), clients.slice(6)]
      expect(await Promise.all(old.map(({ closed }) => closed))).toEqual(old.map(() => 1008))
      for (const client of [...young, other]) {
        client.send({ type: 'ping' })
        await client.next('pong')
      }
      expect(world.lines.filter((line) => line.includes('socket_opened'))).toHaveLength(11)
      expect(world.lines.filter((line) => line.includes('socket_closed'))).toHaveLength(6)
    }))

  test('a closing socket is evicted before an open one', () =>
    inSmallWorld(async (world) => {
      const { user1 } = world.users
      const enter = (n: number) => world.enter(user1, tokenOf(user1, login(n)))
      const [first, silent, twin] = [await enter(1), await enter(2), await enter(2), await enter(3)]
      // This client does not read, so it does not answer the server's close frame.
      silent.ws.pause()
      world.revocations.add({ kind: 'sid', key: 'login-2', generation: 0, until: 9e9 })
      await twin.closed
      await expect.poll(() => world.lines.filter((line) => line.includes('socket_closed')).length).toBe(1)
      await enter(4)
      await enter(5)
      first.send({ type: 'ping' })
      await first.next('pong')
      silent.ws.resume()
    }))

  test('clients that do not answer the close frame hold at most one connection more', () =>
    withSocketFixture(
      async (world) => {
        const { user1 } = world.users
        for (let n = 0; n < 40; n++) {
          const client = await world.enter(user1, tokenOf(user1, login(n)))
          client.ws.pause()
        }
        await expect.poll(() => world.connections()).toBeLessThanOrEqual(5)
      },
      { maxPerUser: 4, times: { checkIntervalMs: 20, closeTimeoutMs: 60_000 } },
    ))
})

describe('a dead peer', () => {
  const times = { checkIntervalMs: 20, pingIntervalMs: 30_000, pongTimeoutMs: 60_000 }

  test('is pinged, and terminated without a pong', () =>
    withSocketFixture(
      async (world) => {
        const silent = world.connect('/ws?extension=1001', {
          headers: { Authorization: `Bearer ${tokenOf(world.users.user1)}` },
          autoPong: false,
        })
        await silent.next('welcome')
        const good = await world.enter(world.users.user2)
        const pinged = new Promise((resolve) => good.ws.once('ping', resolve))
        world.wait(31_000)
        await pinged
        // Its pong has arrived once a later message is answered.
        good.send({ type: 'ping' })
        await good.next('pong')
        world.wait(31_000)
        expect(await silent.closed).toBe(1006)
        good.send({ type: 'ping' })
        await good.next('pong')
      },
      { times },
    ))

  test('that reads nothing is terminated before it fills memory', () =>
    withSocketFixture(async (world) => {
      const { user1 } = world.users
      const client = await world.enter(user1)
      client.ws.pause()
      const data = 'x'.repeat(60_000)
      const message = { type: 'command', command: data, call_id: 'c', expires_at: '' }
      const before = process.memoryUsage().rss
      for (let n = 0; n < 5_000 && world.voip.users().size > 0; n++) {
        world.userMessages.emit(user1.id, message)
        if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      await expect.poll(() => world.voip.users().size).toBe(0)
      expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
      client.ws.resume()
    }))
})

describe('hostile clients', () => {
  const SIZES = [0, 1, 125, 126, 65_535, 65_536, 65_537, 1_000_000, 16_777_216]

  test.each(SIZES)('a text of %i bytes gets an error, or closes with 1009 if too big', (size) =>
    withSocketFixture(async (world) => {
      const client = await world.enter(world.users.user1)
      client.ws.send('x'.repeat(size))
      if (size > 65_536) expect(await client.closed).toBe(1009)
      else expect(await client.next('error')).toMatchObject({ error: 'Message is not JSON' })
      await world.enter(world.users.user2)
    }),
  )

  test.each(SIZES)('%i random bytes get an error, or close with 1009 if too big', (size) =>
    withSocketFixture(async (world) => {
      const client = await world.enter(world.users.user1)
      client.ws.send(randomBytes(size))
      if (size > 65_536) expect(await client.closed).toBe(1009)
      else expect(await client.next('error')).toMatchObject({ error: 'Text only' })
      await world.enter(world.users.user2)
    }),
  )

  test('offered compression is not accepted', () =>
    withSocketFixture(async (world) => {
      const client = world.connect('/ws?extension=1001', {
        headers: { Authorization: `Bearer ${tokenOf(world.users.user1)}` },
        perMessageDeflate: true,
      })
      await client.next('welcome')
      expect(client.ws.extensions).toBe('')
    }))

  test.each([
    ['messages', (send: (text: string) => void) => send('{"type":"ping"}')],
    ['empty frames', (send: (text: string) => void) => send('')],
  ])('1000 %s at once close that socket with 1008', (_, sendOne) =>
    withSocketFixture(async (world) => {
      const client = await world.enter(world.users.user1)
      const other = await world.enter(world.users.user1)
      for (let n = 0; n < 1_000; n++) sendOne((text) => client.ws.send(text))
      expect(await client.closed).toBe(1008)
      expect(client.frames.length).toBeLessThanOrEqual(1 + 21)
      other.send({ type: 'ping' })
      await other.next('pong')
    }),
  )

  test('1000 WebSocket pings close the socket with 1008', () =>
    withSocketFixture(async (world) => {
      const client = await world.enter(world.users.user1)
      for (let n = 0; n < 1_000; n++) client.ws.ping()
      expect(await client.closed).toBe(1008)
    }))

  test('a client with ten messages a second stays connected', () =>
    withSocketFixture(async (world) => {
      const client = await world.enter(world.users.user1)
      for (let n = 0; n < 60; n++) {
        world.wait(101)
        client.send({ type: 'ping' })
        await client.next('pong')
      }
    }))

  test.each([
    ['text that is not UTF-8', Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0xff ^ 1, 0xfe ^ 2])],
    ['a frame without a mask', Buffer.from([0x81, 0x01, 0x78])],
    ['a frame with a reserved opcode', Buffer.from([0x83, 0x80, 1, 2, 3, 4])],
    ['a compressed frame', Buffer.from([0xc1, 0x80, 1, 2, 3, 4])],
    ['a length of 2^63', Buffer.from([0x81, 0xff, 0x7f, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3, 4])],
    ['random bytes', randomBytes(4_096)],
    ['an abrupt end', Buffer.alloc(0)],
  ])('%s on the wire: only that socket ends', (_, bytes) =>
    withSocketFixture(async (world) => {
      const raw = connectTcp(world.port, '127.0.0.1')
      raw.on('error', () => {}) // a reset counts as the end
      raw.write(
        [
          'GET /ws?extension=1001 HTTP/1.1',
          'Host: x',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          `Authorization: Bearer ${tokenOf(world.users.user1)}`,
          '\r\n',
        ].join('\r\n'),
      )
      await expect.poll(() => world.voip.users().size).toBe(1)
      raw.write(bytes)
      if (bytes.length === 0) raw.destroy()
      await expect.poll(() => world.voip.users().size, { timeout: 5_000 }).toBe(0)
      raw.destroy()
      await world.enter(world.users.user2)
    }),
  )

  test.each([
    ['an old version', { 'Sec-WebSocket-Version': '7' }],
    ['no key', { 'Sec-WebSocket-Key': '' }],
    ['another protocol', { Upgrade: 'h2c' }],
    ['a malformed subprotocol', { 'Sec-WebSocket-Protocol': ',,;' }],
  ])('a handshake with %s is refused with 4xx', (_, changes) =>
    withSocketFixture(async (world) => {
      const raw = connectTcp(world.port, '127.0.0.1')
      let response = ''
      raw.on('data', (chunk) => (response += chunk))
      const headers = {
        Host: 'x',
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        Authorization: `Bearer ${tokenOf(world.users.user1)}`,
        ...changes,
      }
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
      raw.write(`GET /ws?extension=1001 HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      await new Promise((resolve) => raw.once('close', resolve))
      expect(response).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(world.voip.users().size).toBe(0)
    }),
  )
})
