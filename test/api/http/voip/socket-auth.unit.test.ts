import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tokenOf } from './sample-data.ts'
import { startSocketFixture } from './socket-fixture.ts'

let world: Awaited<ReturnType<typeof startSocketFixture>>
beforeAll(async () => {
  world = await startSocketFixture()
})
afterAll(() => world.stop())

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })

describe('opening a socket', () => {
  test.each([
    ['in the header', (token: string) => ['', bearer(token), []] as const],
    ['as ?token=', (token: string) => [`&token=${token}`, {}, []] as const],
    ['as ?authorization=', (token: string) => [`&authorization=${token}`, {}, []] as const],
    ['as ?token=Bearer+…', (token: string) => [`&token=Bearer+${token}`, {}, []] as const],
    ['as ?authorization=Bearer+…', (token: string) => [`&authorization=Bearer+${token}`, {}, []] as const],
    ['beside a subprotocol', (token: string) => ['', {}, ['bearer', token]] as const],
  ])('accepts a token %s', async (_, put) => {
    const [query, options, protocols] = put(tokenOf(world.users.user1))
    const client = world.connect(`/ws?extension=1001${query}`, options, [...protocols])
    expect(await client.next('welcome')).toMatchObject({ to: '1001', status: 'connected' })
    expect(client.ws.protocol).toBe(protocols[0] ?? '')
    client.ws.close()
    await client.closed
  })

  test('accepts a ticket once', async () => {
    world.tickets.set('once', world.claimsOf(world.users.user1))
    const client = world.connect('/ws?extension=1001&ticket=once')
    expect(await client.next('welcome')).toMatchObject({ to: '1001' })
    expect(await world.refused('/ws?extension=1001&ticket=once')).toMatchObject({ status: 401 })
    client.ws.close()
  })

  const token = () => tokenOf(world.users.user1)
  test.each([
    ['no token', () => ['/ws?extension=1001'], 401],
    ['nonsense', () => ['/ws?extension=1001&token=a.b.c'], 401],
    ['two different tokens', () => [`/ws?extension=1001&token=${token()}`, bearer('a.b.c')], 401],
    [
      'two different tokens, one a subprotocol',
      () => ['/ws?extension=1001', bearer('a.b'), ['bearer', 'c.d']],
      401,
    ],
    ['a ticket that was never issued', () => ['/ws?extension=1001&ticket=invented'], 401],
    ['a link', () => ['/ws?extension=1001&link=a.b.c'], 401],
    [
      'a refresh token',
      () => ['/ws?extension=1001', bearer(tokenOf(world.users.user1, { header: { typ: 'rt+jwt' } }))],
      401,
    ],
    ['the extension of another user', () => ['/ws?extension=1002', bearer(token())], 403],
    [
      'the extension of another user, as an admin',
      () => ['/ws?extension=1002', bearer(tokenOf(world.users.admin))],
      403,
    ],
    ['no extension', () => ['/ws', bearer(token())], 400],
    ['two extensions', () => ['/ws?extension=1001&extension=1002', bearer(token())], 400],
    ['another path', () => ['/wss?extension=1001', bearer(token())], 404],
    [
      'a page of another host',
      () => ['/ws?extension=1001', { ...bearer(token()), origin: 'https://evil.example' }],
      403,
    ],
    [
      'a page with the origin null',
      () => ['/ws?extension=1001', { ...bearer(token()), origin: 'null' }],
      403,
    ],
  ] as [string, () => Parameters<typeof world.refused>, number][])('refuses %s', async (_, ask, status) => {
    const refusal = await world.refused(...ask())
    expect(refusal).toEqual({ status, error: expect.any(String), referrerPolicy: 'no-referrer' })
  })

  test.each([
    ['of the same host', () => `http://127.0.0.1:${world.port}`],
    ['of a host in the settings', () => 'https://phones.example.org'],
  ])('accepts a page %s', async (_, origin) => {
    const client = world.connect('/ws?extension=1001', { ...bearer(token()), origin: origin() })
    await client.next('welcome')
    client.ws.close()
    await client.closed
  })

  test('writes no token and no ticket to the log', async () => {
    await world.refused('/ws?extension=1002', bearer(token()))
    expect(world.lines.length).toBeGreaterThan(0)
    expect(world.lines.join()).not.toContain(token().slice(-20))
  })

  test('limits a session to five sockets: a new one evicts the oldest, and other sessions keep theirs', async () => {
    const { user2, user3 } = world.users
    const others = [
      await world.enter(user3),
      await world.enter(user2, tokenOf(user2, { claims: { sid: 'twin' } })),
    ]
    const clients = []
    for (let n = 0; n < 7; n += 1) clients.push(await world.enter(user2))
    const [old, live] = [clients.slice(0, 2), [...clients.slice(2), ...others]]
    expect(await Promise.all(old.map(({ closed }) => closed))).toEqual([1008, 1008])
    for (const client of live) {
      client.send({ type: 'ping' })
      await client.next('pong')
      client.ws.close()
    }
    await Promise.all(live.map(({ closed }) => closed))
  })

  test('five dead sockets of a session do not keep its phone from opening one', async () => {
    const { user1 } = world.users
    const dead = []
    for (let n = 0; n < 5; n += 1) dead.push(await world.enter(user1))
    for (const { ws } of dead) ws.pause()
    const phone = await world.enter(user1)
    phone.send({ type: 'ping' })
    await phone.next('pong')
    for (const { ws } of [...dead, phone]) ws.terminate()
  })
})
