import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { validate } from '@apidevtools/swagger-parser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login, mediaStatus, publish, requestJson, subscribeSse } from '../../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let stack: Stack
let v1: string
beforeAll(async () => {
  stack = await startStack()
  v1 = `${stack.url}/api/v1`
  await publish(stack, { states: {} })
})
afterAll(() => stack?.stop())

interface Listed {
  id: string
  surface: string
  current: boolean
  [name: string]: unknown
}
const mine = async (token: string, query = '') =>
  (await requestJson(`${v1}/sessions${query}`, { token })).body as unknown as {
    sessions: Listed[]
    next_cursor: string | null
    total: number
  } // the documented shape
const end = (token: string, path: string) => requestJson(`${v1}/${path}`, { method: 'DELETE', token })
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
const isAlive = async (token: string, path = '1001/hello.wav') =>
  (await mediaStatus(stack, path, token)) === 200

describe('a user', () => {
  test('lists their sessions of every surface, with the current one marked', async () => {
    const { access } = await login(stack, 'user3')
    await requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, {
      json: { login: 'user3', password: 'password', rememberMe: true },
      headers: { 'User-Agent': 'Desk phone/2.0' },
    })
    const { sessions } = await mine(access)
    expect(sessions.map(({ surface }) => surface).sort()).toEqual(['mikopbx', 'softphone'])
    expect(sessions.find(({ current }) => current)?.id).toBe(claimsOf(access).sid)
    expect(sessions.find(({ surface }) => surface === 'mikopbx')).toMatchObject({
      address: '127.0.0.1',
      user_agent: 'Desk phone/2.0',
      remember_me: true,
      current: false,
    })
  })

  test('ends one session and no other', async () => {
    const [here, there] = [await login(stack), await login(stack)]
    expect((await end(here.access, `sessions/${claimsOf(there.access).sid}`)).status).toBe(204)
    expect(await isAlive(there.access)).toBe(false)
    expect(await isAlive(here.access)).toBe(true)
    const again = await end(here.access, `sessions/${claimsOf(there.access).sid}`)
    expect(again).toMatchObject({ status: 404, body: { code: 'not_found', title: 'Not Found' } })
  })

  test('ends all other sessions with their streams and keeps the current one', async () => {
    const others = await Promise.all([login(stack), login(stack), login(stack)])
    const follower = subscribeSse(stack, others[0].access)
    await waitUntil('its stream is open', () => follower.messages.length > 0)
    const here = await login(stack)
    const { status, body } = await end(here.access, 'sessions?scope=others')
    expect(status).toBe(200)
    expect(body.ended).toBeGreaterThanOrEqual(3)
    expect(await Promise.all(others.map(({ access }) => isAlive(access)))).toEqual([false, false, false])
    expect(await isAlive(here.access)).toBe(true)
    await waitUntil('the stream is closed', () => follower.isClosed())
    expect((await mine(here.access)).sessions).toHaveLength(1)
  })

  test('ends all sessions and can log in again in the same second', async () => {
    const [one, other] = [await login(stack), await login(stack)]
    expect((await end(one.access, 'sessions?scope=all')).status).toBe(200)
    const again = await login(stack)
    expect(await Promise.all([one, other, again].map(({ access }) => isAlive(access)))).toEqual([
      false,
      false,
      true,
    ])
  })

  test('cannot list or end sessions of another user', async () => {
    const [me, them] = [await login(stack, 'user1'), await login(stack, 'user2')]
    const { sid, sub } = claimsOf(them.access)
    expect((await end(me.access, `sessions/${sid}`)).status).toBe(404)
    expect((await end(me.access, `users/${sub}/sessions/${sid}`)).status).toBe(403)
    expect((await end(me.access, `users/${sub}/sessions`)).status).toBe(403)
    expect((await requestJson(`${v1}/users/${sub}/sessions`, { token: me.access })).status).toBe(403)
    expect(await isAlive(them.access, '1002/hello.wav')).toBe(true)
  })

  test('pages through many sessions, each once', async () => {
    const { access } = await login(stack, '201', 'b749601f329a635a19c4a87bc359be3d')
    for (let n = 0; n < 6; n += 1) await login(stack, '201', 'b749601f329a635a19c4a87bc359be3d')
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page = await mine(access, `?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`)
      expect(page.total).toBe(7)
      ids.push(...page.sessions.map(({ id }) => id))
      cursor = page.next_cursor
    } while (cursor !== null)
    expect(ids).toHaveLength(7)
    expect(new Set(ids).size).toBe(7)
  })
})

describe('the own account', () => {
  const EXTRA = 'b749601f329a635a19c4a87bc359be3d'
  const account = (token: string, method: string, path: string, json?: unknown) =>
    requestJson(`${v1}/${path}`, { method, token, ...(json !== undefined && { json }) })

  test('a new password ends the other sessions and their streams within a second, and not this one', async () => {
    const [here, other] = [await login(stack, '201', EXTRA), await login(stack, '201', EXTRA)]
    const [mine, theirs] = [subscribeSse(stack, here.access), subscribeSse(stack, other.access)]
    await waitUntil('both streams are open', () => mine.messages.length > 0 && theirs.messages.length > 0)
    const wrong = { current_password: 'not it', new_password: 'correct horse' }
    expect(await account(here.access, 'PUT', 'me/password', wrong)).toMatchObject({
      status: 403,
      body: { code: 'credentials_wrong' },
    })
    expect((await account(other.access, 'GET', 'me')).status).toBe(200)

    const right = { current_password: EXTRA, new_password: 'correct horse' }
    expect((await account(here.access, 'PUT', 'me/password', right)).status).toBe(204)
    const endedAt = performance.now()
    await waitUntil('the other stream is cut', () => theirs.lostAt() !== undefined)
    expect((theirs.lostAt() ?? 0) - endedAt).toBeLessThan(1_000)
    expect(await account(other.access, 'GET', 'me')).toMatchObject({
      status: 401,
      body: { code: 'token_revoked' },
    })
    expect(await account(here.access, 'GET', 'me')).toMatchObject({ status: 200, body: { username: '201' } })
    await waitUntil('the other client is refused', () => theirs.isClosed())
    expect(mine.lostAt()).toBeUndefined()
    const refreshed = await requestJson(`${stack.url}/pbxcore/api/module-softphone-backend/v1/auth/refresh`, {
      method: 'POST',
      token: here.refresh,
    })
    expect(refreshed.status).toBe(200)
    mine.close()

    const logIn = (password: string) =>
      requestJson(`${stack.url}/api/login`, { json: { username: '201', password } })
    expect((await logIn(EXTRA)).status).toBe(401)
    expect((await logIn('correct horse')).status).toBe(200)
    expect(readFileSync(join(stack.data, 'log/security.log'), 'utf8')).toContain(
      '"event":"authn_password_change"',
    )
    const back = { current_password: 'correct horse', new_password: EXTRA }
    expect((await account(here.access, 'PUT', 'me/password', back)).status).toBe(204)
  })

  test('has a language, which tokens of MikoPBX carry, and a name, which others see', async () => {
    const me = await login(stack, 'user3')
    const change = { language: 'es', display_name: 'Ana García' }
    expect(await account(me.access, 'PATCH', 'me', change)).toMatchObject({ status: 200, body: change })
    const { body } = await requestJson(`${stack.url}/pbxcore/api/v3/auth:login`, {
      json: { login: 'user3', password: 'password' },
    })
    const { accessToken } = body.data as { accessToken: string } // the documented shape
    expect(claimsOf(accessToken)).toMatchObject({ language: 'es', userId: 'user3' })

    const { access } = await login(stack, 'user1')
    const people = async (query = '') =>
      (await account(access, 'GET', `people${query}`)).body.people as Record<string, unknown>[] // the documented shape
    await waitUntil('the directory has the name', async () => (await people('?q=garcía')).length > 0)
    const { extension } = (await people('?q=garcía'))[0] ?? {}
    expect((await account(access, 'PUT', `favourites/${extension}`)).status).toBe(204)
    expect((await people())[0]).toMatchObject({
      username: 'user3',
      display_name: 'Ana García',
      favourite: true,
    })
    expect((await account(access, 'GET', 'people')).body.total).toBe((await people()).length)
  })

  test('has missed calls, which the mark hides', async () => {
    const { access } = await login(stack, 'user1')
    expect(await account(access, 'GET', 'calls/missed')).toMatchObject({
      body: { count: 0, seen_until: null },
    })
    const until = '2026-01-31T12:00:00.000Z'
    expect((await account(access, 'PUT', 'calls/missed/seen', { until })).status).toBe(204)
    expect((await account(access, 'GET', 'calls/missed')).body.seen_until).toBe(until)
  })
})

describe('an admin', () => {
  test('lists and ends sessions of any user, one or all', async () => {
    const [admin, one, other] = [
      await login(stack, 'admin'),
      await login(stack, 'user2'),
      await login(stack, 'user2'),
    ]
    const { sub, sid } = claimsOf(one.access)
    const { body } = await requestJson(`${v1}/users/${sub}/sessions`, { token: admin.access })
    expect((body.sessions as Listed[]).map(({ id }) => id)).toContain(sid)
    expect((await end(admin.access, `users/${sub}/sessions/${sid}`)).status).toBe(204)
    expect(await isAlive(one.access, '1002/hello.wav')).toBe(false)
    expect(await isAlive(other.access, '1002/hello.wav')).toBe(true)
    expect((await end(admin.access, `users/${sub}/sessions`)).status).toBe(200)
    expect(await isAlive(other.access, '1002/hello.wav')).toBe(false)
    expect(stack.logs()).toContain('"reason":"ended_by_admin"')
  })
})

describe('an admin over HTTP', () => {
  interface Body {
    [name: string]: unknown
  }
  const ask = async (token: string, path: string, init: Parameters<typeof requestJson>[1] = {}) =>
    requestJson(`${v1}/${path}`, { token, ...init })
  const eventsOf = async (token: string, query: string) =>
    (await ask(token, `security-log?${query}`)).body.events as Body[] // the documented shape

  test('adds a user who logs in; another role ends the session at once, and all of it is in the log', async () => {
    const { access } = await login(stack, 'admin')
    const made = await ask(access, 'users', { json: { username: 'clara', extension: '1099' } })
    expect(made.status).toBe(201)
    const { id, password } = made.body as { id: string; password: string } // the documented shape
    const clara = await login(stack, 'clara', password)
    expect((await ask(access, `users/${id}`)).body.last_login_at).toMatch(/Z$/)
    expect((await ask(clara.access, 'users')).status).toBe(403)

    const changed = await ask(access, `users/${id}`, { method: 'PATCH', json: { role: 'supervisor' } })
    expect(changed).toMatchObject({ status: 200, body: { role: 'supervisor' } })
    expect((await ask(clara.access, 'sessions')).status).toBe(401)
    const again = await login(stack, 'clara', password)
    expect((await ask(access, `users/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(again.access, 'sessions')).status).toBe(401)

    const events = await eventsOf(access, `user_id=${id}`)
    expect(events.map(({ event }) => event)).toEqual([
      ...['user_deleted', 'session_ended', 'authn_login_success', 'session_ended', 'user_updated'],
      ...['authn_login_success', 'user_created'],
    ])
    expect(events[0]).toMatchObject({ actor_username: 'admin', address: '127.0.0.1' })
    expect(stack.logs()).not.toContain(password)
  })

  test('is not locked out: the last one is neither disabled nor deleted', async () => {
    const { access } = await login(stack, 'admin')
    const { sub } = claimsOf(access)
    const disabled = await ask(access, `users/${sub}`, { method: 'PATCH', json: { disabled: true } })
    expect(disabled).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await ask(access, `users/${sub}`, { method: 'DELETE' })).status).toBe(409)
    expect((await ask(access, 'users')).status).toBe(200)
  })

  test('sees failed logins, and how each part is', async () => {
    const { access } = await login(stack, 'admin')
    await login(stack, 'user1', 'a wrong password').catch(() => {})
    expect(await eventsOf(access, 'event=authn_login_fail&q=USER1')).toMatchObject([
      { detail: { username: 'user1' } },
    ])
    const { body } = await ask(access, 'system')
    const states = (body.components as Body[]).map(({ name, state }) => `${name} ${state}`)
    // This stack has no PBX.
    expect(states).toEqual([...['pbx degraded', 'redis ok', 'sql ok', 'streams ok', 'mail ok', 'sidecar ok']])
    expect(body.version).toMatch(/^\d+\.\d+\.\d+$/)
    expect((await ask(access, 'system/keys')).body.keys).toMatchObject([{ state: 'signing' }])
  })

  test('adds a number to the do-not-call list and removes it, with its + in the path', async () => {
    const { access } = await login(stack, 'admin')
    const added = await ask(access, 'do-not-call', { json: { number: '+49 30 901820' } })
    expect(added.status).toBe(201)
    const path = `do-not-call/${encodeURIComponent(String(added.body.number))}`
    expect((await ask(access, path, { method: 'DELETE' })).status).toBe(204)
    expect((await ask(access, path, { method: 'DELETE' })).status).toBe(404)
  })
})

describe('the v1 surface', () => {
  test('has a valid OpenAPI 3.1 document with every route and its errors', async () => {
    const { body } = await requestJson(`${v1}/openapi.json`)
    const document = await validate(structuredClone(body) as unknown as Parameters<typeof validate>[0]) // checked by it
    expect(Object.keys(document.paths ?? {})).toEqual(
      expect.arrayContaining([
        '/sessions',
        '/sessions/{sessionId}',
        '/users/{userId}/sessions',
        '/users/{userId}/sessions/{sessionId}',
        '/calls',
        '/calls/history',
      ]),
    )
    for (const path of Object.values(document.paths ?? {})) {
      for (const operation of Object.values(path ?? {})) {
        const { responses, security } = operation as { responses: object; security: object[] } // checked above
        expect(Object.keys(responses)).toEqual(
          expect.arrayContaining(security.length === 0 ? ['503'] : ['401', '503']),
        )
      }
    }
  })

  test.each([
    ['no token', 'sessions', undefined, 401, 'token_missing'],
    ['a missing scope', 'sessions', 'access', 400, 'input_invalid'],
    ['an unknown scope', 'sessions?scope=mine', 'access', 400, 'input_invalid'],
    ['a malformed session id', 'sessions/x', 'access', 400, 'input_invalid'],
    ['a refresh token', 'sessions?scope=all', 'refresh', 403, 'token_wrong_kind'],
    ['an unknown route', 'nothing', 'access', 404, 'not_found'],
  ] as const)('answers %s with problem+json', async (_, path, kind, status, code) => {
    const session = await login(stack)
    const reply = await requestJson(`${v1}/${path}`, {
      method: 'DELETE',
      ...(kind && { token: session[kind] }),
    })
    expect(reply).toMatchObject({ status, body: { type: 'about:blank', status, code } })
    expect(reply.headers.get('content-type')).toBe('application/problem+json')
  })
})
