import { describe, expect, test } from 'vitest'
import { createVoipFixture, person, tokenOf } from './fixture.ts'

const { users, ask } = createVoipFixture()
const { admin, user1, user3 } = users

describe('authentication', () => {
  const GUARDED = [
    ['POST', '/api/refresh'],
    ['GET', '/protected/profile'],
    ['POST', '/protected/logout'],
    ['PUT', '/protected/status'],
    ['GET', '/protected/users/online'],
    ['GET', '/protected/users/1001'],
    ['POST', '/protected/call/initiate'],
    ['POST', '/protected/call/answer'],
    ['POST', '/protected/call/hangup'],
    ['GET', '/protected/call/active'],
    ['GET', '/protected/call/logs'],
    ['GET', '/protected/admin/users'],
    ['DELETE', '/protected/admin/users/2'],
    ['GET', '/protected/admin/stats'],
  ] as const

  test.each(GUARDED)('refuses a request without a token: %s %s', async (method, path) => {
    expect(await ask(method, path)).toMatchObject({
      status: 401,
      body: { error: 'Authorization header required' },
    })
  })

  test.each([
    ['another scheme', 'Basic YTpi', 'Invalid authorization header format'],
    ['a bare token', tokenOf(user1), 'Invalid authorization header format'],
    ['no token behind the scheme', 'Bearer', 'Token required'],
    ['nonsense', 'Bearer a.b.c', 'Invalid token: token is not valid'],
    ['two words', 'Bearer a b', 'Invalid token: token is not valid'],
    [
      'an expired token',
      `Bearer ${tokenOf(user1, { claims: { iat: 1, exp: 2 } })}`,
      'Invalid token: token has expired',
    ],
    [
      'a refresh token',
      `Bearer ${tokenOf(user1, { header: { typ: 'rt+jwt' } })}`,
      'Invalid token: not an access token of this API',
    ],
  ])('refuses %s with its own text', async (_, Authorization, error) => {
    expect(await ask('GET', '/protected/profile', { headers: { Authorization } })).toMatchObject({
      status: 401,
      body: { error },
    })
  })

  test('refuses a token of an ended session with its own text', async () => {
    const world = createVoipFixture()
    world.revocations.add({ kind: 'sid', key: `session-${user1.id}`, generation: 0, until: 9e9 })
    const { status, body } = await world.ask('GET', '/protected/profile', { user: user1 })
    expect([status, body.error]).toEqual([401, 'Invalid token: session has ended'])
  })

  test.each(GUARDED.filter(([, path]) => path.includes('/admin/')))(
    'allows admins only: %s %s',
    async (method, path) => {
      for (const user of [user1, { ...user1, role: 'supervisor' as const }]) {
        expect(await ask(method, path, { user })).toMatchObject({
          status: 403,
          body: { error: 'Admin access required' },
        })
      }
    },
  )
})

describe('login', () => {
  test('returns a token and the whole user, and no refresh token', async () => {
    const { status, body } = await ask('POST', '/api/login', {
      json: { username: 'user1', password: 'password' },
    })
    expect([status, body.success, body.token]).toEqual([200, true, 'a.b.c'])
    expect(Object.keys(body.user as object)).toEqual([
      'id',
      'username',
      'email',
      'extension',
      'status',
      'own_status',
      'role',
      'is_online',
      'last_login',
      'last_seen',
      'created_at',
    ])
    expect(body.user).toMatchObject({
      id: 2,
      username: 'user1',
      extension: '1001',
      email: 'user1@example.org',
    })
    expect(JSON.stringify(body)).not.toMatch(/never shown|secret hash/)
  })

  test.each([
    ['a wrong password', { username: 'user1', password: 'wrong' }, 401, 'Invalid credentials'],
    ['no password', { username: 'user1' }, 400, 'Username and password are required'],
  ])('refuses %s', async (_, json, status, error) => {
    expect(await ask('POST', '/api/login', { json })).toMatchObject({ status, body: { error } })
  })

  test('refreshes only sessions of this surface and keeps the session', async () => {
    const world = createVoipFixture()
    const { body } = await world.ask('POST', '/api/refresh', { user: user1 })
    expect(body).toMatchObject({ success: true, token: 'new.to.ken' })
    expect(world.asked).toEqual([['refresh', 'session-2', { surface: 'voip', accessTtl: 86_400 }]])
  })
})

describe('registration', () => {
  const good = { username: 'anna', email: 'anna@example.org', password: 'long enough', extension: '1010' }

  test('creates an account with the role user, also when another role is sent', async () => {
    const world = createVoipFixture()
    const { status, body } = await world.ask('POST', '/api/register', { json: { ...good, role: 'admin' } })
    expect([status, body.success]).toEqual([201, true])
    expect(body.user).toMatchObject({ username: 'anna', role: 'user', email: 'anna@example.org' })
    expect(world.asked.map(([what]) => what)).toEqual(['throttle', 'add'])
  })

  test.each([
    ['a name of 2', { username: 'an' }],
    ['an invalid email', { email: 'anna' }],
    ['a password of 7', { password: '1234567' }],
    ['an extension of 3 digits', { extension: '101' }],
    ['an extension of 7 digits', { extension: '1010101' }],
    ['an extension of letters', { extension: 'abcd' }],
  ])('refuses %s', async (_, change) => {
    const world = createVoipFixture()
    const { status, body } = await world.ask('POST', '/api/register', { json: { ...good, ...change } })
    expect([status, typeof body.error]).toEqual([400, 'string'])
    expect(world.asked.filter(([what]) => what === 'add')).toEqual([])
  })

  test.each([
    ['username', { username: 'user1' }, 'Username already exists'],
    ['extension', { extension: '1001' }, 'Extension already exists'],
    ['email', { email: 'user1@example.org' }, 'Email already exists'],
  ])('names a %s that is taken', async (_, change, error) => {
    const { status, body } = await ask('POST', '/api/register', { json: { ...good, ...change } })
    expect([status, body]).toEqual([409, { error }])
  })

  test('answers 403 when registration is closed, and calls no service', async () => {
    const world = createVoipFixture({ registration: 'closed' })
    const { status, body } = await world.ask('POST', '/api/register', { json: good })
    expect([status, body]).toEqual([403, { error: 'Registration is closed' }])
    expect(world.asked).toEqual([])
  })
})

describe('users', () => {
  test('the profile has all members', async () => {
    const { body } = await ask('GET', '/protected/profile', { user: user1 })
    expect(body.user).toMatchObject({ username: 'user1', email: 'user1@example.org', is_online: true })
  })

  test('a token of a deleted user is refused', async () => {
    const ghost = { ...person('ghost', '1009'), id: '99' }
    expect(await ask('GET', '/protected/profile', { user: ghost })).toMatchObject({ status: 401 })
  })

  test('/users/online lists the other online users; it is not read as an extension', async () => {
    const { body } = await ask('GET', '/protected/users/online', { user: user1 })
    const names = (body.users as { username: string }[]).map(({ username }) => username)
    // Without the user who asks: clients offer these for a call.
    expect(names).toEqual(['admin', 'user2'])
    expect(body.count).toBe(2)
  })

  test.each([
    ['a colleague', user1, null],
    ['oneself', person('user2', '1002'), 'user2@example.org'],
    ['an admin', admin, 'user2@example.org'],
  ])(
    'GET /users/{extension} as %s shows the email address only to the user and admins',
    async (_, user, email) => {
      const { body } = await ask('GET', '/protected/users/1002', { user })
      expect(body.user).toMatchObject({ extension: '1002', email })
    },
  )

  test.each(['1099', 'user1', '%00', '..%2f'])('GET /users/%s is 404', async (extension) => {
    expect(await ask('GET', `/protected/users/${extension}`, { user: user1 })).toMatchObject({
      status: 404,
      body: { error: 'User not found' },
    })
  })

  test.each([
    ['away', 'away', 'away'],
    ['busy', 'dnd', 'busy'],
    ['dnd', 'dnd', 'busy'],
    ['online', 'available', 'online'],
    ['available', 'available', 'online'],
    ['offline', 'offline', 'offline'],
  ])('the status %s is stored as %s and answered as %s', async (status, stored, answered) => {
    const world = createVoipFixture()
    const { body } = await world.ask('PUT', '/protected/status', { user: user1, json: { status } })
    expect(body).toMatchObject({ success: true, status: answered, own_status: stored })
    expect(world.asked).toEqual([['status', user1.id, stored]])
    const profile = await world.ask('GET', '/protected/profile', { user: user1 })
    expect(profile.body.user).toMatchObject({ status: answered, own_status: stored })
  })

  test('a user without a status and without a client is offline to others and online to themselves', async () => {
    const shown = { own_status: 'available', is_online: false }
    const ofOther = await ask('GET', '/protected/users/1003', { user: user1 })
    expect(ofOther.body.user).toMatchObject({ ...shown, status: 'offline' })
    const own = await ask('GET', '/protected/profile', { user: user3 })
    expect(own.body.user).toMatchObject({ ...shown, status: 'online' })
  })

  test('an unknown status is refused', async () => {
    expect(await ask('PUT', '/protected/status', { user: user1, json: { status: 'x' } })).toMatchObject({
      status: 400,
    })
  })

  test('status changes are rate limited per user', async () => {
    const world = createVoipFixture()
    const change = (user = user1) => world.ask('PUT', '/protected/status', { user, json: { status: 'away' } })
    for (let n = 0; n < 10; n++) expect((await change()).status).toBe(200)
    const refused = await change()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10'])
    expect((await change(user3)).status).toBe(200)
    world.wait(2_000)
    expect((await change()).status).toBe(200)
  })

  test('logout ends the session of the token', async () => {
    const world = createVoipFixture()
    expect(await world.ask('POST', '/protected/logout', { user: user1 })).toMatchObject({ status: 200 })
    expect(world.asked).toMatchObject([['logout', { sessionId: 'session-2' }, expect.any(String)]])
  })
})

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

describe('admin routes', () => {
  test('list all users with all members', async () => {
    const { body } = await ask('GET', '/protected/admin/users', { user: admin })
    expect(body).toMatchObject({ count: 4, next_after: null })
    const emails = (body.users as { email: string }[]).map(({ email }) => email)
    expect(emails).toEqual(['admin', 'user1', 'user2', 'user3'].map((name) => `${name}@example.org`))
    const page = await ask('GET', '/protected/admin/users?limit=2', { user: admin })
    expect(page.body).toMatchObject({ count: 2, next_after: '2' })
  })

  test('delete other users, but not the admin who asks', async () => {
    const world = createVoipFixture()
    const remove = (id: string) => world.ask('DELETE', `/protected/admin/users/${id}`, { user: admin })
    expect(await remove(admin.id)).toMatchObject({ status: 400, body: { error: 'Cannot delete yourself' } })
    expect(await remove('77')).toMatchObject({ status: 404 })
    expect(await remove(user1.id)).toMatchObject({ status: 200 })
    expect(world.asked).toMatchObject([['remove', user1.id, { actorId: admin.id }]])
  })

  test('count users, calls and sockets', async () => {
    expect((await ask('GET', '/protected/admin/stats', { user: admin })).body).toMatchObject({
      total_users: 4,
      online_users: 3,
      active_calls: 1,
      total_calls: 17,
      stats: { total_users: 4, online_users: 3, active_calls: 1, calls_today: 3, ws_connections: 2 },
    })
  })
})

test('/users/online reads the users with one query', async () => {
  const world = createVoipFixture()
  const { status } = await world.ask('GET', '/protected/users/online', { user: world.users.user1 })
  expect(status).toBe(200)
  expect(world.asked.filter(([what]) => what === 'findAll')).toHaveLength(1)
})
