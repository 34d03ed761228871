import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestJson, login as softphoneLogin } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { openVoipSocket } from '../../support/voip-socket.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ env: { HOOKSWITCH_REGISTRATION: 'open' } })
})
afterAll(() => stack?.stop())

const login = async (username: string, password = 'password') =>
  String((await requestJson(`${stack.url}/api/login`, { json: { username, password } })).body.token)
const get = (path: string, token: string) => requestJson(`${stack.url}${path}`, { token })

describe('the documented flow', () => {
  test.each([
    ['admin', '1000', 'admin'],
    ['user1', '1001', 'user'],
    ['user2', '1002', 'user'],
    ['user3', '1003', 'user'],
  ])('%s of the document’s table logs in and reads the own profile', async (username, extension, role) => {
    const { status, body, headers } = await requestJson(`${stack.url}/api/login`, {
      json: { username, password: 'password' },
    })
    expect([status, body.success, headers.get('cache-control')]).toEqual([200, true, 'no-store'])
    expect(body.user).toMatchObject({ username, extension, role, last_login: expect.any(String) })
    const profile = await get('/protected/profile', String(body.token))
    expect(profile.body.user).toMatchObject({ username, extension, role })
  })

  test('an access token expires after a day', async () => {
    const { body } = await requestJson(`${stack.url}/api/login`, {
      json: { username: 'user1', password: 'password' },
    })
    expect(body.expires_in).toBe(86_400)
  })

  test('a refresh keeps the session: a logout with the old token also ends the new one', async () => {
    const old = await login('user1')
    const { status, body } = await requestJson(`${stack.url}/api/refresh`, { method: 'POST', token: old })
    const fresh = String(body.token)
    expect([status, fresh === old]).toEqual([200, false])
    expect(await get('/protected/profile', old)).toMatchObject({ status: 200 })
    expect(await requestJson(`${stack.url}/protected/logout`, { method: 'POST', token: old })).toMatchObject({
      status: 200,
    })
    for (const token of [old, fresh]) {
      await waitUntil(
        'the session has ended',
        async () => (await get('/protected/profile', token)).status === 401,
      )
      const again = await requestJson(`${stack.url}/api/refresh`, { method: 'POST', token })
      expect(again).toMatchObject({ status: 401, body: { error: 'Invalid token: session has ended' } })
    }
  })

  test('a token of another surface works here but cannot be refreshed here', async () => {
    const { access } = await softphoneLogin(stack)
    expect(await get('/protected/profile', access)).toMatchObject({ status: 200 })
    expect(await requestJson(`${stack.url}/api/refresh`, { method: 'POST', token: access })).toMatchObject({
      status: 401,
    })
  })

  test('an extension is taken if its recordings folder holds files, and free if the folder is empty', async () => {
    const json = { username: 'eve', email: 'eve@example.org', password: 'a long one', extension: '7777' }
    const folder = join(stack.data, 'media', '7777')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'secret.wav'), 'of an earlier user')
    const register = () => requestJson(`${stack.url}/api/register`, { json })
    expect(await register()).toMatchObject({ status: 409, body: { error: 'Extension already exists' } })
    rmSync(join(folder, 'secret.wav'))
    expect(await register()).toMatchObject({ status: 201 })
  })

  test('a registered user logs in; a taken username, extension or email is named', async () => {
    const anna = { username: 'anna', email: 'anna@example.org', password: 'a long one', extension: '1010' }
    const register = (json: object) => requestJson(`${stack.url}/api/register`, { json })
    expect(await register(anna)).toMatchObject({ status: 201, body: { user: { role: 'user' } } })
    const other = { username: 'boris', email: 'boris@example.org', password: 'a long one', extension: '1011' }
    for (const [difference, error] of [
      [{ username: 'ANNA' }, 'Username already exists'],
      [{ extension: '1010' }, 'Extension already exists'],
      [{ email: 'Anna@Example.org' }, 'Email already exists'],
    ] as const) {
      expect(await register({ ...other, ...difference })).toMatchObject({ status: 409, body: { error } })
    }
    const profile = await get('/protected/profile', await login('anna', 'a long one'))
    expect(profile.body.user).toMatchObject({ email: 'anna@example.org', extension: '1010' })
  })

  test('a user without a registered phone cannot be called', async () => {
    const token = await login('user1')
    const call = (target_extension: string) =>
      requestJson(`${stack.url}/protected/call/initiate`, { token, json: { target_extension } })
    expect(await call('1002')).toMatchObject({ status: 400, body: { error: 'Target user is not online' } })
    expect(await call('1001')).toMatchObject({ status: 400, body: { error: 'Cannot call yourself' } })
    expect(await call('1999')).toMatchObject({ status: 404, body: { error: 'User not found' } })
  })

  test('unknown paths are answered in the format of the surface that owns the prefix', async () => {
    expect(await requestJson(`${stack.url}/protected/nothing`)).toMatchObject({
      status: 404,
      body: { error: 'Not found' },
    })
    expect(await requestJson(`${stack.url}/api/login/nothing`)).toMatchObject({
      body: { error: 'Not found' },
    })
    expect((await requestJson(`${stack.url}/api/nothing`)).body).not.toHaveProperty('error')
  })
})

describe('the socket, through nginx', () => {
  test('welcomes, answers pings and sends a status change to all users', async () => {
    const [one, two] = [await login('user1'), await login('user2')]
    const [first, second] = [
      await openVoipSocket(stack, '1001', one),
      await openVoipSocket(stack, '1002', two),
    ]
    first.send({ type: 'ping' })
    await first.next('pong')
    first.send({ type: 'user_status', from: '1003', status: 'away' })
    for (const socket of [first, second])
      expect(await socket.next('user_status')).toMatchObject({ from: '1001', status: 'away' })
    expect((await get('/protected/users/1001', two)).body.user).toMatchObject({ status: 'away' })
    const put = { token: two, method: 'PUT', json: { status: 'dnd' } }
    expect(await requestJson(`${stack.url}/protected/status`, put)).toMatchObject({ status: 200 })
    expect(await first.next('user_status')).toMatchObject({ from: '1002', status: 'busy' })
    for (const socket of [first, second]) socket.close()
  })

  test('makes its user online while it is open', async () => {
    const [token, other] = [await login('user3'), await login('user1')]
    const online = async () => {
      const { body } = await get('/protected/users/online', other)
      return (body.users as { extension: string }[]).map(({ extension }) => extension)
    }
    expect(await online()).not.toContain('1003')
    const socket = await openVoipSocket(stack, '1003', token)
    await waitUntil('the user is online', async () => (await online()).includes('1003'))
    socket.close()
    await waitUntil('the user is offline', async () => !(await online()).includes('1003'))
  })

  test('opens with a ticket, once', async () => {
    const token = await login('user1')
    const { access } = await softphoneLogin(stack)
    const { body } = await requestJson(`${stack.base}/stream-tickets`, { method: 'POST', token: access })
    const socket = await openVoipSocket(stack, '1001', undefined, `ticket=${body.ticket}`)
    socket.close()
    await expect(openVoipSocket(stack, '1001', undefined, `ticket=${body.ticket}`)).rejects.toThrow('401')
    await expect(openVoipSocket(stack, '1002', token)).rejects.toThrow('403')
    await expect(openVoipSocket(stack, '1001', undefined)).rejects.toThrow('401')
  })

  test('closes with 4401 when its session is logged out', async () => {
    const token = await login('user1')
    const socket = await openVoipSocket(stack, '1001', token)
    await requestJson(`${stack.url}/protected/logout`, { method: 'POST', token })
    expect(await socket.closed).toBe(4401)
  })

  test('closes when an admin deletes its user, who is then unknown on every route', async () => {
    const admin = await login('admin')
    const json = { username: 'carla', email: 'carla@example.org', password: 'a long one', extension: '1012' }
    const { body } = await requestJson(`${stack.url}/api/register`, { json })
    const { id } = body.user as { id: number }
    const token = await login('carla', 'a long one')
    const socket = await openVoipSocket(stack, '1012', token)
    socket.send({ type: 'user_status', status: 'away' })
    await socket.next('user_status')
    const remove = () =>
      requestJson(`${stack.url}/protected/admin/users/${id}`, { method: 'DELETE', token: admin })
    expect(await remove()).toMatchObject({ status: 200 })
    expect(await socket.closed).toBe(4401)
    expect(await get('/protected/profile', token)).toMatchObject({ status: 401 })
    expect(await remove()).toMatchObject({ status: 404 })
    const users = (await get('/protected/admin/users', admin)).body.users as { username: string }[]
    expect(users.map(({ username }) => username)).not.toContain('carla')
  })

  test('writes no token to any log', async () => {
    const token = await login('user1')
    const socket = await openVoipSocket(stack, '1001', undefined, `token=${token}`)
    socket.close()
    await socket.closed
    await waitUntil('the socket is logged', () => stack.logs().includes('socket_closed'))
    expect(stack.logs()).not.toContain(token.slice(-30))
  })
})
