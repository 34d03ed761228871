import { describe, expect, test } from 'vitest'
import { createVoipFixture } from './fixture.ts'
import { tokenOf } from './sample-data.ts'

const { users, ask } = createVoipFixture()
const { user1 } = users

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
