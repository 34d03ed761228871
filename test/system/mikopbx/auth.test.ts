import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mediaStatus, requestJson } from '../../support/http-client.ts'
import type { Stack } from '../../support/stack.ts'
import { cookieOf, createMikopbxClient, FORM, refused, secretOf, startMikopbxStack } from './auth-client.ts'

let stack: Stack
let base: string
beforeAll(async () => {
  stack = await startMikopbxStack()
  base = `${stack.url}/pbxcore/api/v3`
})
afterAll(() => stack?.stop())

const { form, refresh } = createMikopbxClient(() => base)

describe('auth:login', () => {
  test('accepts the document’s form and answers in its envelope', async () => {
    const { status, headers, body } = await form(FORM)
    expect(status).toBe(200)
    expect(body).toEqual({
      result: true,
      data: {
        accessToken: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
        tokenType: 'Bearer',
        expiresIn: 900,
        login: 'user1',
      },
      messages: {},
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('accepts JSON as well', async () => {
    const json = { login: 'user1', password: 'password', rememberMe: true }
    expect((await requestJson(`${base}/auth:login`, { json })).status).toBe(200)
  })

  test('puts the refresh token into a cookie that no script and no other site can use', async () => {
    const cookie = cookieOf((await form(FORM)).headers)
    expect(cookie).toMatch(/^refreshToken=[0-9a-f]{64,};/)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Strict')
    expect(cookie).toContain('Path=/')
    expect(cookie).not.toContain('Secure')
  })

  test.each([
    ['is persistent with rememberMe=true', 'true', true],
    ['is a session cookie with rememberMe=false', 'false', false],
    ['is a session cookie with any other value', 'yes', false],
  ])('the cookie %s', async (_, value, isPersistent) => {
    const cookie = cookieOf((await form(`login=user1&password=password&rememberMe=${value}`)).headers)
    expect(/Max-Age=2592000/.test(cookie)).toBe(isPersistent)
  })

  test.each([
    ['Secure behind the administrator’s own TLS proxy', 'https', true],
    ['not Secure over plain HTTP', 'http', false],
  ])('the cookie is %s', async (_, proto, isSecure) => {
    const cookie = cookieOf(
      (await form(FORM, { 'X-Forwarded-Proto': proto, 'X-Forwarded-For': '198.51.100.1' })).headers,
    )
    expect(cookie.includes('Secure')).toBe(isSecure)
  })

  test.each([
    ['a wrong password', 'login=user1&password=wrong', 401, 'Invalid login or password'],
    ['an unknown user', 'login=nobody&password=password', 401, 'Invalid login or password'],
    ['no password', 'login=user1', 400, 'Either login+password or sessionToken must be provided'],
    ['an empty body', '', 400, 'Either login+password or sessionToken must be provided'],
  ])('refuses %s with MikoPBX’s text', async (_, body, status, error) => {
    expect(await form(body)).toMatchObject(refused(status, error))
  })

  test.each(['auth%3Alogin', 'auth%3alogin'])('is also found as %s', async (path) => {
    const json = { login: 'user1', password: 'password' }
    expect((await requestJson(`${base}/${path}`, { json })).status).toBe(200)
  })

  test('returns a token with the user’s permissions and the documented claims', async () => {
    const token = String(((await form(FORM)).body.data as { accessToken: string }).accessToken)
    expect(await mediaStatus(stack, '1001/hello.wav', token)).toBe(200)
    expect(await mediaStatus(stack, '1002/hello.wav', token)).toBe(403)
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ userId: 'user1', role: 'user', language: 'en', nbf: expect.any(Number) })
    expect(claims.exp - claims.iat).toBe(900)
  })

  test('returns an admin’s token with the role of the document’s sample and the permissions of an admin', async () => {
    const { body } = await form('login=admin&password=password')
    const token = String((body.data as { accessToken: string }).accessToken)
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ userId: 'admin', role: 'admins', language: 'en' })
    expect(await mediaStatus(stack, '1001/hello.wav', token)).toBe(200)
    const profile = await requestJson(`${stack.base}/profile`, { token })
    expect(profile).toMatchObject({ status: 200, body: { user: { role: 'admin' } } })
  })
})

describe('auth:refresh', () => {
  test('returns a new access token and another refresh token', async () => {
    const secret = secretOf((await form(FORM)).headers)
    const { status, headers, body } = await refresh(secret)
    expect(status).toBe(200)
    expect(body).toMatchObject({ result: true, data: { tokenType: 'Bearer', expiresIn: 900 }, messages: {} })
    expect(secretOf(headers)).toMatch(/^[0-9a-f]{64,}$/)
    expect(secretOf(headers)).not.toBe(secret)
  })

  test('keeps the cookie persistent, or a session cookie', async () => {
    const persistent = await refresh(
      secretOf((await form('login=user1&password=password&rememberMe=true')).headers),
    )
    expect(cookieOf(persistent.headers)).toContain('Max-Age=2592000')
    expect(cookieOf((await refresh(secretOf((await form(FORM)).headers))).headers)).not.toContain('Max-Age')
  })

  test.each([
    ['without a cookie', '', 'Refresh token is missing in cookie'],
    ['with nonsense', 'nonsense', 'Refresh token expired or not found'],
    ['with an unknown token of the right length', 'ab'.repeat(68), 'Refresh token expired or not found'],
  ])('is refused %s', async (_, secret, error) => {
    expect(await refresh(secret)).toMatchObject(refused(401, error))
  })

  test('a wrong token with the id of a session does not end that session', async () => {
    const secret = secretOf((await form(FORM)).headers)
    await refresh(`${secret.slice(0, -4)}0000`)
    expect((await refresh(secret)).status).toBe(200)
  })

  test.each([
    ['logout', 'auth:logout', 'POST', 'user3'],
    ['ended_by_user', '/api/v1/sessions?scope=all', 'DELETE', 'user3'],
    ['ended_by_admin', '/api/v1/users/{id}/sessions', 'DELETE', 'admin'],
  ])(
    'of an ended session has its reason for the holder of its cookie alone: %s',
    async (reason, path, method, by) => {
      const { headers, body } = await form('login=user3&password=password')
      const secret = secretOf(headers)
      const tokenOf = (opened: Record<string, unknown>) =>
        String((opened.data as { accessToken: string }).accessToken)
      const token =
        by === 'admin' ? tokenOf((await form('login=admin&password=password')).body) : tokenOf(body)
      const { sub } = JSON.parse(Buffer.from(tokenOf(body).split('.')[1] ?? '', 'base64url').toString())
      const url = path.startsWith('/') ? stack.url + path.replace('{id}', sub) : `${base}/${path}`
      await requestJson(url, { method, token })
      const owner = await refresh(secret)
      expect([owner.status, owner.headers.get('x-session-end-reason')]).toEqual([401, reason])
      const stranger = await refresh(`${secret.slice(0, -4)}0000`)
      expect([stranger.status, stranger.headers.get('x-session-end-reason')]).toEqual([401, null])
    },
  )

  test.each([
    ['a page of another site', { Origin: 'https://evil.example' }, 403],
    ['a page of a sister site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['a page with the origin null', { Origin: 'null' }, 403],
    ['a page of the same origin', { 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['a client that is not a browser', {}, 200],
  ])('from %s is refused only if cross-site', async (_, headers, status) => {
    const secret = secretOf((await form(FORM)).headers)
    expect((await refresh(secret, headers as Record<string, string>)).status).toBe(status)
  })
})

describe('auth:logout', () => {
  test('ends the session and deletes the cookie; the refresh token no longer works', async () => {
    const { headers, body } = await form(FORM)
    const token = String((body.data as { accessToken: string }).accessToken)
    const secret = secretOf(headers)
    const out = await requestJson(`${base}/auth:logout`, { method: 'POST', token })
    expect(out).toMatchObject({
      status: 200,
      body: { result: true, data: { message: 'Successfully logged out' } },
    })
    expect(cookieOf(out.headers)).toMatch(/^refreshToken=;.*Max-Age=0/)
    expect(await mediaStatus(stack, '1001/hello.wav', token)).toBe(401)
    expect((await refresh(secret)).status).toBe(401)
  })

  test('works with the cookie alone', async () => {
    const secret = secretOf((await form(FORM)).headers)
    expect((await refresh(secret, {}, 'auth:logout')).status).toBe(200)
    expect((await refresh(secret)).status).toBe(401)
  })

  test('with the token of one user and the cookie of another ends only the token’s session', async () => {
    const mine = await form(FORM)
    const token = String((mine.body.data as { accessToken: string }).accessToken)
    const theirs = secretOf((await form('login=user2&password=password')).headers)
    const out = await requestJson(`${base}/auth:logout`, {
      method: 'POST',
      token,
      headers: { Cookie: `refreshToken=${theirs}` },
    })
    expect([out.status, cookieOf(out.headers)]).toEqual([200, ''])
    expect(await mediaStatus(stack, '1001/hello.wav', token)).toBe(401)
    expect((await refresh(secretOf(mine.headers))).status).toBe(401)
    expect((await refresh(theirs)).status).toBe(200)
  })

  test('with the token and the cookie of one user ends both sessions', async () => {
    const [first, second] = [await form(FORM), await form(FORM)]
    const token = String((first.body.data as { accessToken: string }).accessToken)
    const headers = { Cookie: `refreshToken=${secretOf(second.headers)}` }
    expect((await requestJson(`${base}/auth:logout`, { method: 'POST', token, headers })).status).toBe(200)
    for (const { headers: of } of [first, second]) expect((await refresh(secretOf(of))).status).toBe(401)
  })

  test('with the cookie is refused to a page of another site', async () => {
    const secret = secretOf((await form(FORM)).headers)
    expect((await refresh(secret, { Origin: 'https://evil.example' }, 'auth:logout')).status).toBe(403)
    expect((await refresh(secret)).status).toBe(200)
  })

  test('without token and cookie is refused', async () => {
    const error = "The user isn't authenticated."
    expect(await requestJson(`${base}/auth:logout`, { method: 'POST' })).toMatchObject(refused(401, error))
  })
})
