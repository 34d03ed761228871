import { describe, expect, test } from 'vitest'
import { tokenOf } from './sample-data.ts'
import { withSocketFixture } from './socket-fixture.ts'

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
