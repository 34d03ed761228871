import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { talking } from './sample-data.ts'
import { startSocketFixture } from './socket-fixture.ts'

let world: Awaited<ReturnType<typeof startSocketFixture>>
beforeAll(async () => {
  world = await startSocketFixture()
})
afterAll(() => world.stop())

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
