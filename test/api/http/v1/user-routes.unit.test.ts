import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSessionStore } from '../../../../api/store/sql/auth/sessions.ts'
import { createInvitationStore } from '../../../../api/store/sql/registration/invitations.ts'
import { addInvitation } from '../../../support/fixtures/invitations.ts'
import { newSession, newUser } from '../../../support/fixtures/users.ts'
import { createFakePbx } from '../../../support/provisioning-fixture.ts'
import { type AdminSurface, createAdminSurface, nowS, type Reply } from './admin-fixture.ts'

let surface: AdminSurface
beforeEach(async () => {
  surface = await createAdminSurface()
})
afterEach(() => surface.close())
const ask = (...request: Parameters<AdminSurface['ask']>): Promise<Reply> => surface.ask(...request)
const eventsOf = async () => (await ask('GET', '/security-log')).body.events

describe('GET /users', () => {
  test('lists all members of a user, with the last login', async () => {
    await createSessionStore(surface.db).add(newSession({ userId: '3', createdAt: nowS - 60 }))
    const { body } = await ask('GET', '/users?q=ANN')
    expect(body).toEqual({
      users: [
        {
          id: '3',
          username: 'anna',
          display_name: 'anna',
          email: null,
          role: 'user',
          extension: '1001',
          disabled: false,
          source: null,
          password_authority: 'local',
          created_at: new Date(nowS * 1000).toISOString(),
          last_login_at: new Date((nowS - 60) * 1000).toISOString(),
        },
      ],
      next_cursor: null,
      total: 1,
    })
  })

  test.each([
    ['', 'anna root sam', 3],
    ['?role=admin', 'root', 1],
    ['?disabled=true', '', 0],
    ['?disabled=false&limit=2', 'anna root', 3],
    ['?q=100', 'anna', 1],
    ['?q=%25', '', 0],
  ])('%s gives %j of %i', async (query, names, total) => {
    const { body } = await ask('GET', `/users${query}`)
    expect([body.users.map((user: { username: string }) => user.username).join(' '), body.total]).toEqual([
      names,
      total,
    ])
  })

  test('pages by its cursor', async () => {
    const first = await ask('GET', '/users?limit=2')
    const second = await ask('GET', `/users?limit=2&cursor=${first.body.next_cursor}`)
    expect(second.body).toMatchObject({ users: [{ username: 'sam' }], next_cursor: null, total: 3 })
  })

  test.each(['?cursor=abc', '?cursor=W10', '?role=god', '?disabled=1', '?limit=101', '?q=', '?q=%00'])(
    'refuses %s',
    async (query) => {
      expect(await ask('GET', `/users${query}`)).toMatchObject({
        status: 400,
        body: { code: 'input_invalid' },
      })
    },
  )
})

describe('POST /users', () => {
  test('adds a user with a password that is made, shown once and logged nowhere', async () => {
    const json = { username: ' clara ', display_name: 'Клара', email: 'c@example.org', extension: '1004' }
    const { status, headers, body } = await ask('POST', '/users', json)
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        id: '4',
        username: 'clara',
        display_name: 'Клара',
        role: 'user',
        password: expect.stringMatching(/^.{20}$/),
      },
    })
    expect([headers.get('location'), headers.get('cache-control')]).toEqual(['/api/v1/users/4', 'no-store'])
    expect((await ask('GET', '/users/4')).body.password).toBeUndefined()
    const events = await eventsOf()
    expect(events[0]).toMatchObject({
      event: 'user_created',
      user_id: '4',
      username: 'clara',
      actor_id: '1',
      actor_username: 'root',
      detail: { target: 'clara', changes: 'role=user extension=1004 email=c@example.org' },
    })
    expect(JSON.stringify(events)).not.toContain(body.password)
  })

  test('shows no password that the request had', async () => {
    const { body } = await ask('POST', '/users', { username: 'clara', password: 'correct horse' })
    expect(body.password).toBeNull()
  })

  test.each([
    ['a username that is taken', { username: 'ANNA' }, 409, /^username: /],
    ['an extension that is taken', { username: 'c', extension: '1001' }, 409, /^extension: /],
    ['an emergency number as the extension', { username: 'c', extension: '112' }, 400, /emergency/],
    ['a number that is denied as the extension', { username: 'c', extension: '11833' }, 400, /denied/],
    ['a username with a blank', { username: 'a b' }, 400, /blank/],
    ['a username that is another’s kind of number', { username: '1005' }, 400, /extension/],
    ['a password that is too short', { username: 'c', password: 'short' }, 400, /8 characters/],
    ['a display name of two lines', { username: 'c', display_name: 'a\nb' }, 400, /display_name/],
    ['an invalid address', { username: 'c', email: 'x' }, 400, /email/],
    ['an unknown role', { username: 'c', role: 'god' }, 400, /role/],
    ['an unknown member', { username: 'c', generation: 5 }, 400, /generation/],
    ['no username', {}, 400, /username/],
  ])('refuses %s', async (_, json, status, detail) => {
    const reply = await ask('POST', '/users', json)
    expect(reply).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } })
    expect(await surface.users.count()).toBe(3)
  })
})

describe('POST /users with create_extension', () => {
  const pbx = { current: createFakePbx() }
  const add = (more: object = {}) =>
    ask('POST', '/users', { username: 'clara', email: 'c@example.org', create_extension: true, ...more })
  beforeEach(async () => {
    await surface.close()
    pbx.current = createFakePbx()
    surface = await createAdminSurface({ pbx: pbx.current })
  })

  test('creates the next free extension on the PBX, and logs it', async () => {
    expect(await add()).toMatchObject({
      status: 201,
      body: { id: '4', extension: '2000', pending_extension: null, password: expect.any(String) },
    })
    expect(pbx.current.asked).toEqual(['provide 2000'])
    expect((await ask('GET', '/users/4')).body.extension).toBe('2000')
    expect((await eventsOf())[0]).toMatchObject({
      ...{ event: 'user_created', user_id: '4', actor_id: '1' },
      detail: { target: 'clara', changes: 'role=user extension=2000 email=c@example.org' },
    })
  })

  test('takes all other members of a user', async () => {
    const json = { display_name: 'Клара', role: 'supervisor', disabled: true }
    await add(json)
    expect((await ask('GET', '/users/4')).body).toMatchObject({ ...json, extension: '2000' })
  })

  test('adds a person who has an open invitation, as without an extension', async () => {
    const invitation = { email: 'c@example.org', days: 7, createdBy: null, now: nowS }
    await addInvitation(createInvitationStore(surface.db), invitation)
    expect((await add()).status).toBe(201)
  })

  test('skips a number that the PBX has already', async () => {
    pbx.current.extensions.set('2000', { mark: 'another', secret: 'x' })
    expect((await add()).body.extension).toBe('2001')
  })

  test('adds the user without the extension while the PBX does not answer', async () => {
    pbx.current.faults.push({ code: 'unreachable' })
    const { status, body } = await add()
    expect([status, body.extension, body.pending_extension]).toEqual([201, null, '2000'])
    expect((await ask('GET', '/provisioning/jobs')).body.jobs).toMatchObject([{ extension: '2000' }])
  })

  test('leaves no user if the PBX refuses the extension', async () => {
    pbx.current.faults.push({ code: 'refused' })
    expect(await add()).toMatchObject({
      ...{
        status: 503,
        body: { code: 'unavailable', detail: expect.stringMatching(/^create_extension: the PBX/) },
      },
    })
    expect(await surface.users.count()).toBe(3)
    expect(await eventsOf()).toEqual([])
  })

  test('leaves no user if no number is free', async () => {
    for (const extension of ['2000', '2001'])
      await surface.users.add(newUser({ username: `of-${extension}`, extension }))
    expect(await add()).toMatchObject({
      status: 503,
      body: { detail: expect.stringMatching(/no extension/) },
    })
    expect(await surface.users.count()).toBe(5)
  })

  test.each([
    ['an extension beside it', { extension: '1004' }, 400, /create_extension: send either/],
    ['a username that is taken', { username: 'ANNA' }, 409, /^username: /],
  ])('refuses %s before it asks the PBX', async (_, more, status, detail) => {
    expect(await add(more)).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } })
    expect(pbx.current.asked).toEqual([])
  })

  test('is not supported without a PBX that creates extensions', async () => {
    await surface.close()
    surface = await createAdminSurface()
    expect(await add()).toMatchObject({ status: 501, body: { code: 'not_supported' } })
    expect(await surface.users.count()).toBe(3)
  })
})

describe('PATCH /users/{userId}', () => {
  test.each([
    ['a new role', { role: 'supervisor' }, ['3 changed by 1']],
    ['another extension', { extension: '1009' }, ['3 changed by 1']],
    ['no extension', { extension: null }, ['3 changed by 1']],
    ['disabling', { disabled: true, role: 'supervisor' }, ['3 disabled by 1']],
    ['a display name', { display_name: 'Anna A.' }, []],
    ['an address', { email: 'a@example.org' }, []],
    ['the same role', { role: 'user' }, []],
  ])('%s is stored, and ends sessions as it has to', async (_, json, ended) => {
    expect(await ask('PATCH', '/users/3', json)).toMatchObject({ status: 200, body: json })
    expect(surface.ended).toEqual(ended)
    expect((await eventsOf())[0]).toMatchObject({ event: 'user_updated', user_id: '3', actor_id: '1' })
  })

  test('a body without a member changes nothing, and nothing is logged', async () => {
    const before = await ask('GET', '/users/3')
    const reply = await ask('PATCH', '/users/3', {})
    expect([reply.status, reply.body, reply.headers.get('etag')]).toEqual([
      ...[200, before.body, before.headers.get('etag')],
    ])
    expect(await eventsOf()).toEqual([])
    expect((await ask('PATCH', '/users/99', {})).status).toBe(404)
  })

  test('a cleared display name shows the username again', async () => {
    await ask('PATCH', '/users/3', { display_name: 'Anna A.' })
    expect((await ask('PATCH', '/users/3', { display_name: null })).body.display_name).toBe('anna')
  })

  test('refuses to overwrite what has changed since', async () => {
    const read = await ask('GET', '/users/3')
    const headers = { 'If-Match': read.headers.get('etag') ?? 'none' }
    const first = await ask('PATCH', '/users/3', { display_name: 'first' }, { headers })
    expect(first.status).toBe(200)
    const second = await ask('PATCH', '/users/3', { display_name: 'second' }, { headers })
    expect(second).toMatchObject({ status: 412, body: { code: 'stale' } })
    const third = await ask(
      'PATCH',
      '/users/3',
      { display_name: 'third' },
      { headers: { 'If-Match': first.headers.get('etag') ?? '' } },
    )
    expect(third.body.display_name).toBe('third')
    expect(
      (await ask('PATCH', '/users/3', { role: 'user' }, { headers: { 'If-Match': '"never-ours"' } })).status,
    ).toBe(412)
  })

  test.each([
    ['an unknown user', '/users/99', { role: 'user' }, 404, /no such user/],
    ['demoting the last administrator', '/users/1', { role: 'user' }, 409, /last administrator/],
    ['disabling the last administrator', '/users/1', { disabled: true }, 409, /last administrator/],
    ['an extension of another user', '/users/2', { extension: '1001' }, 409, /^extension: /],
    ['an emergency number', '/users/2', { extension: '110' }, 400, /emergency/],
    ['another username', '/users/2', { username: 'x' }, 400, /username/],
    ['a malformed id', '/users/x', { role: 'user' }, 400, /user/],
  ])('refuses %s', async (_, path, json, status, detail) => {
    const reply = await ask('PATCH', path, json)
    expect(reply).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } })
    expect(surface.ended).toEqual([])
  })
})

test('PUT /users/{userId}/password ends the sessions and is logged without the password', async () => {
  expect((await ask('PUT', '/users/3/password', { password: 'correct horse' })).status).toBe(204)
  expect(surface.ended).toEqual(['3 password by 1'])
  const events = await eventsOf()
  expect(events[0]).toMatchObject({ event: 'authn_password_change', user_id: '3', actor_id: '1' })
  expect(JSON.stringify(events)).not.toContain('horse')
  expect((await ask('PUT', '/users/3/password', { password: 'short' })).status).toBe(400)
  expect((await ask('PUT', '/users/99/password', { password: 'correct horse' })).status).toBe(404)
})

describe('DELETE /users/{userId}', () => {
  test('deletes the user with all sessions; the event stays', async () => {
    expect((await ask('DELETE', '/users/3')).status).toBe(204)
    expect(surface.ended).toEqual(['3 disabled by 1'])
    expect((await ask('GET', '/users/3')).status).toBe(404)
    expect((await eventsOf())[0]).toMatchObject({
      ...{ event: 'user_deleted', user_id: '3', username: null, detail: { target: 'anna' } },
    })
  })

  test.each([
    ['oneself', '/users/1', 409, /own account/],
    ['an unknown user', '/users/99', 404, /no such user/],
  ])('refuses %s', async (_, path, status, detail) => {
    await surface.users.update('2', { role: 'admin' }, 0)
    const reply = await ask('DELETE', path)
    expect(reply).toMatchObject({ status, body: { detail: expect.stringMatching(detail) } })
    expect(surface.ended).toEqual([])
  })

  test('refuses the last administrator who can log in, and ends no session', async () => {
    await surface.users.update('2', { role: 'admin' }, 0)
    await surface.users.update('1', { disabled: true }, 0)
    expect(await ask('DELETE', '/users/2')).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect(surface.ended).toEqual([])
  })
})
