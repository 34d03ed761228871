import { describe, expect, test } from 'vitest'
import { createVoipFixture } from './fixture.ts'

const { users, ask } = createVoipFixture()
const { admin, user1, user3 } = users

describe('calls', () => {
  test('a call to a user returns the id of the call', async () => {
    const world = createVoipFixture()
    const json = { target_extension: '1002' }
    const { status, body } = await world.ask('POST', '/protected/call/initiate', {
      user: user1,
      json,
      headers: { 'Idempotency-Key': 'once' },
    })
    expect([status, body]).toMatchObject([200, { channel: 'hk_new', caller: '1001', callee: '1002' }])
    expect(world.asked).toEqual([['dial', user1.id, { number: '1002', idempotencyKey: 'once' }]])
  })

  test.each([
    ['oneself', '1001', 400, 'Cannot call yourself'],
    ['an extension without a registered phone', '1003', 400, 'Target user is not online'],
    ['an unknown extension', '1099', 404, 'User not found'],
  ])('refuses a call to %s', async (_, target_extension, status, error) => {
    const world = createVoipFixture()
    const reply = await world.ask('POST', '/protected/call/initiate', {
      user: user1,
      json: { target_extension },
    })
    expect([reply.status, reply.body]).toEqual([status, { error }])
    expect(world.asked).toEqual([])
  })

  test.each(['1002\r\nAction: Originate', '', ' 1002', 1002, null, '9'.repeat(65)])(
    'refuses the target %j and dials nothing',
    async (target_extension) => {
      const world = createVoipFixture()
      const json = { target_extension }
      expect((await world.ask('POST', '/protected/call/initiate', { user: user1, json })).status).toBe(400)
      expect(world.asked).toEqual([])
    },
  )

  test.each([
    ['?method=webrtc', {}],
    ['?method=WebRTC', {}],
    ['?method=sip&method=webrtc', {}],
    ['', { 'X-Call-Method': 'webrtc' }],
    ['', { 'x-call-method': ' WEBRTC ' }],
    ['?method=sip', { 'X-Call-Method': 'webrtc' }],
  ])('refuses a browser-to-browser call and dials nothing: %s %j', async (query, headers) => {
    const world = createVoipFixture()
    const asked = { user: user1, json: { target_extension: '1002' }, headers }
    const { status, body } = await world.ask('POST', `/protected/call/initiate${query}`, asked)
    expect([status, body]).toEqual([501, { error: 'The method webrtc is not supported: leave it out' }])
    expect(world.asked).toEqual([])
  })

  test.each([
    ['?method=pigeon', {}, 'method: must be sip or ami'],
    ['?method=sip&method=pigeon', {}, 'method: must be sip or ami'],
    ['', { 'X-Call-Method': 'sip, webrtc' }, 'x-call-method: must be sip or ami'],
  ])('refuses an unknown method and dials nothing: %s %j', async (query, headers, error) => {
    const world = createVoipFixture()
    const asked = { user: user1, json: { target_extension: '1002' }, headers }
    const { status, body } = await world.ask('POST', `/protected/call/initiate${query}`, asked)
    expect([status, body]).toEqual([400, { error }])
    expect(world.asked).toEqual([])
  })

  test.each([
    ['?method=sip', {}],
    ['?method=AMI', {}],
    ['?method=', {}],
    ['', { 'X-Call-Method': 'sip' }],
  ])('accepts the methods sip and ami: %s %j', async (query, headers) => {
    const world = createVoipFixture()
    const asked = { user: user1, json: { target_extension: '1002' }, headers }
    expect((await world.ask('POST', `/protected/call/initiate${query}`, asked)).status).toBe(200)
    expect(world.asked).toMatchObject([['dial', user1.id, { number: '1002' }]])
  })

  test('hangup returns the duration', async () => {
    const json = { channel: 'hk_call' }
    const { body } = await ask('POST', '/protected/call/hangup', { user: user1, json })
    expect(body).toMatchObject({ success: true, channel: 'hk_call' })
    expect(body.duration).toBeGreaterThanOrEqual(10)
  })

  test.each(['answer', 'hangup'])('%s is allowed to the parties of the call only', async (command) => {
    const json = { channel: 'hk_call' }
    expect(await ask('POST', `/protected/call/${command}`, { user: user3, json })).toMatchObject({
      status: 404,
    })
    expect(await ask('POST', `/protected/call/${command}`, { user: user1, json })).toMatchObject({
      status: 200,
    })
  })

  test('/call/active lists the calls of the user', async () => {
    const own = await ask('GET', '/protected/call/active', { user: user1 })
    expect(own.body).toMatchObject({
      count: 1,
      calls: [{ channel: 'hk_call', status: 'up', caller: '1001' }],
    })
    expect(own.body).toMatchObject({
      active_calls: [
        {
          id: 'hk_call',
          channel: 'hk_call',
          status: 'connected',
          caller: { id: 2, username: 'user1', extension: '1001' },
          callee: { id: 3, username: 'user2', extension: '1002' },
          start_time: expect.stringMatching(/Z$/),
        },
      ],
    })
    expect(JSON.stringify(own.body)).not.toContain('PJSIP')
    expect((await ask('GET', '/protected/call/active', { user: user3 })).body).toMatchObject({ count: 0 })
  })

  test('/call/logs lists the own calls, also for an admin, up to the limit', async () => {
    const world = createVoipFixture()
    const { body } = await world.ask('GET', '/protected/call/logs?limit=3', { user: admin })
    expect(body).toMatchObject({ logs: [{ channel: 'hk_old', status: 'answered', duration: 5 }] })
    const [logged] = body.call_logs as object[]
    expect(logged).toMatchObject({
      id: 'hk_old',
      caller_id: 2,
      callee_id: 3,
      caller: { id: 2, username: 'user1', extension: '1001' },
      callee: { id: 3, username: 'user2', extension: '1002' },
      start_time: expect.stringMatching(/Z$/),
      end_time: expect.stringMatching(/Z$/),
      created_at: expect.stringMatching(/Z$/),
      duration: 5,
      status: 'answered',
      channel: 'hk_old',
    })
    expect(world.asked).toEqual([['history', { userId: admin.id }, { limit: 3 }]])
    expect((await world.ask('GET', '/protected/call/logs?limit=0', { user: admin })).status).toBe(400)
  })
})
