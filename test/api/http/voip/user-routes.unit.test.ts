import { describe, expect, test } from 'vitest'
import { createVoipFixture } from './fixture.ts'
import { person } from './sample-data.ts'

const { users, ask } = createVoipFixture()
const { admin, user1, user3 } = users

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
