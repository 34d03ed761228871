import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { talking, tokenOf } from './fixture.ts'
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

describe('messages of a client', () => {
  test('a ping is answered with pong', async () => {
    const client = await world.enter(world.users.user1)
    client.send({ type: 'ping' })
    expect(await client.next('pong')).toEqual({
      type: 'pong',
      from: '',
      to: '1001',
      channel: '',
      status: '',
      data: null,
      timestamp: expect.stringMatching(/Z$/),
    })
    client.ws.close()
  })

  test('a status is set for the sender, also if `from` names another user', async () => {
    const { user1 } = world.users
    const client = await world.enter(user1)
    client.send({ type: 'user_status', from: '1002', user_id: '3', status: 'away' })
    client.send({ type: 'hangup', channel: 'no-such-call' })
    await client.next('error')
    expect(world.asked.filter(([what]) => what === 'status').at(-1)).toEqual(['status', user1.id, 'away'])
    client.ws.close()
  })

  test('a call_status goes to the other parties with the sender’s extension and does not change the call', async () => {
    const { user1, user2, user3 } = world.users
    const [one, two, third] = await Promise.all([user1, user2, user3].map((user) => world.enter(user)))
    one?.send({
      type: 'call_status',
      channel: 'hk_call',
      from: '1003',
      status: 'muted',
      data: { why: 'dog' },
    })
    expect(await two?.next('call_status')).toMatchObject({
      from: '1001',
      to: '1002',
      channel: 'hk_call',
      status: 'muted',
      data: { why: 'dog' },
    })
    expect(third?.frames.map(({ type }) => type)).toEqual(['welcome'])
    expect(one?.frames.map(({ type }) => type)).toEqual(['welcome'])
    expect(world.live).toEqual([talking()])
    for (const client of [one, two, third]) client?.ws.close()
  })

  test.each([
    ['a call_status of a call of others', 'user3', { type: 'call_status', channel: 'hk_call', status: 'x' }],
    [
      'a call_status of a call of others, as an admin',
      'admin',
      { type: 'call_status', channel: 'hk_call', status: 'x' },
    ],
    ['a hangup of a call of others', 'user3', { type: 'hangup', channel: 'hk_call' }],
    ['an answer_call of a call of others', 'user3', { type: 'answer_call', channel: 'hk_call' }],
  ] as const)('refuses %s and runs nothing', async (_, who, message) => {
    const before = world.asked.length
    const client = await world.enter(world.users[who])
    client.send(message)
    expect(await client.next('error')).toMatchObject({ error: 'no such call', request: message.type })
    expect(world.asked.slice(before)).toEqual([])
    client.ws.close()
  })

  test.each(['hangup', 'answer_call'])('%s runs for an own call', async (type) => {
    const { user1 } = world.users
    const client = await world.enter(user1)
    const before = world.asked.length
    client.send({ type, channel: 'hk_call' })
    await expect
      .poll(() => world.asked.slice(before))
      .toMatchObject([[type.slice(0, 6), user1.id, 'hk_call']])
    client.ws.close()
  })

  test.each([
    ['an empty message', '', 'Message is not JSON'],
    ['truncated JSON', '{"type":', 'Message is not JSON'],
    ['a list', '[]', 'Message has no type'],
    ['null', 'null', 'Message has no type'],
    ['an object without type', '{}', 'Message has no type'],
    ['an unknown type', '{"type":"originate"}', 'Unknown message type'],
    ['a type of the prototype', '{"type":"__proto__"}', 'Unknown message type'],
    [
      'a channel with a line break',
      '{"type":"hangup","channel":"a\\r\\nAction: x"}',
      'Invalid hangup message: channel: must be a channel that we gave',
    ],
    ['JSON nested deeply', '['.repeat(60_000), 'Message is too large'],
    ['good JSON nested deeply', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'Message is too large'],
    [
      'data nested deeply',
      `{"type":"call_status","channel":"hk_call","status":"x","data":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      expect.any(String),
    ],
    [
      'data of 5 000 characters',
      JSON.stringify({ type: 'call_status', channel: 'hk_call', status: 'x', data: 'x'.repeat(5_000) }),
      'data is at most 4096 characters',
    ],
  ])('%s gets an error, and the socket stays open', async (_, text, error) => {
    const client = await world.enter(world.users.user1)
    client.send(text)
    expect(await client.next('error')).toMatchObject({ error })
    client.send({ type: 'ping' })
    await client.next('pong')
    client.ws.close()
  })
})

describe('messages to a client', () => {
  const callPayload = (difference = {}) => ({
    id: 'hk_1',
    state: 'ringing',
    outcome: null,
    from: { number: '1002', name: 'user2' },
    to: { number: '1001', name: '' },
    ...difference,
  })

  test('it gets the events of its own user only, translated to the document’s messages', async () => {
    const { user1, user2 } = world.users
    const [own, other] = await Promise.all([world.enter(user1), world.enter(user2)])
    const emit = (type: string, difference = {}) =>
      world.userMessages.emit(user1.id, { type, call: callPayload(difference), calls: [], seq: 1 })
    emit('incoming_call')
    emit('call_status', { state: 'up' })
    emit('call_status', { state: 'held' })
    emit('call_status', { state: 'ended', outcome: 'answered' })
    await own.next('call_ended')
    expect(own.frames.slice(1).map(({ type, status }) => [type, status])).toEqual([
      ['incoming_call', 'ringing'],
      ['call_status', 'up'],
      ['call_answered', 'up'],
      ['call_status', 'held'],
      ['call_status', 'answered'],
      ['call_ended', 'answered'],
    ])
    expect(own.frames[1]).toMatchObject({ caller: '1002', callee: '1001', channel: 'hk_1' })
    expect(other.frames).toHaveLength(1)
    for (const client of [own, other]) client.ws.close()
  })

  test('it gets the statuses of all users, and commands to its softphone', async () => {
    const { user1 } = world.users
    const client = await world.enter(user1)
    world.userMessages.emit(undefined, {
      type: 'user_status',
      user: { id: '3', extension: '1002', status: 'dnd' },
    })
    expect(await client.next('user_status')).toMatchObject({
      from: '1002',
      status: 'busy',
      data: { user_id: 3, own_status: 'dnd' },
    })
    world.userMessages.emit(user1.id, {
      type: 'command',
      command: 'answer',
      call_id: 'c',
      expires_at: 'soon',
    })
    expect(await client.next('command')).toMatchObject({ channel: 'c', status: 'answer' })
    client.ws.close()
  })

  test('it gets no message for an event that the document does not have', async () => {
    const { user1 } = world.users
    const client = await world.enter(user1)
    for (const message of [
      { type: 'welcome' },
      { type: 'incoming_call' },
      { type: 'call_status', call: null },
    ])
      world.userMessages.emit(user1.id, message)
    client.send({ type: 'ping' })
    await client.next('pong')
    expect(client.frames.map(({ type }) => type)).toEqual(['welcome', 'pong'])
    client.ws.close()
  })
})
