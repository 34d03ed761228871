import { randomBytes } from 'node:crypto'
import { connect as connectTcp } from 'node:net'
import { describe, expect, test } from 'vitest'
import { tokenOf } from './sample-data.ts'
import { withSocketFixture } from './socket-fixture.ts'

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
