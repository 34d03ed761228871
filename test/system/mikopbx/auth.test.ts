import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mediaStatus, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
let base: string
beforeAll(async () => {
  stack = await startStack({
    env: {
      HOOKSWITCH_TRUSTED_PROXIES: '127.0.0.0/8',
      // The first is not in normal form.
      HOOKSWITCH_ALLOWED_ORIGINS: 'https://PBX.example.org:443/, capacitor://localhost',
    },
  })
  base = `${stack.url}/pbxcore/api/v3`
})
afterAll(() => stack?.stop())

const FORM = 'login=user1&password=password&rememberMe=false'
const form = (body: string, headers: Record<string, string> = {}) =>
  requestJson(`${base}/auth:login`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  })
const cookieOf = (headers: Headers) =>
  headers.getSetCookie().find((one) => one.startsWith('refreshToken=')) ?? ''
const secretOf = (headers: Headers) => /^refreshToken=([^;]*)/.exec(cookieOf(headers))?.[1] ?? ''
const refresh = (secret: string, headers: Record<string, string> = {}, path = 'auth:refresh') =>
  requestJson(`${base}/${path}`, {
    method: 'POST',
    headers: { Cookie: `refreshToken=${secret}`, ...headers },
  })
const refused = (status: number, error: string) => ({
  status,
  body: { result: false, messages: { error: [error] } },
})

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

describe('auth:login from a browser', () => {
  test.each([
    ['a page of another site', { Origin: 'https://evil.example' }, 403],
    ['a page of a sister site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['a form of another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }, 403],
    ['a page of the same origin', { 'Sec-Fetch-Site': 'same-origin' }, 200],
    ['a client that is not a browser', {}, 200],
  ])('from %s is refused only if cross-site', async (_, headers, status) => {
    const reply = await form(FORM, headers as Record<string, string>)
    expect([reply.status, cookieOf(reply.headers) !== '']).toEqual([status, status === 200])
    if (status === 403) expect(reply).toMatchObject(refused(403, 'A request of another site cannot log in'))
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

describe('behind a proxy that rewrites Host', () => {
  const page = { Origin: 'https://pbx.example.org', 'Sec-Fetch-Site': 'same-origin' }

  test.each([
    ['a page that the settings allow', page],
    ['a page without Sec-Fetch-Site', { Origin: 'https://pbx.example.org' }],
    ['an allowed app', { Origin: 'capacitor://localhost', 'Sec-Fetch-Site': 'cross-site' }],
  ])('%s can log in, refresh and log out', async (_, headers) => {
    const opened = await form(FORM, headers as Record<string, string>)
    const rotated = await refresh(secretOf(opened.headers), headers as Record<string, string>)
    expect([opened.status, rotated.status]).toEqual([200, 200])
    const out = await refresh(secretOf(rotated.headers), headers as Record<string, string>, 'auth:logout')
    expect(out.status).toBe(200)
    expect(await refresh(secretOf(rotated.headers))).toMatchObject({ status: 401 })
  })

  test.each([
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'same-origin' },
    { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
    { Origin: 'http://pbx.example.org' },
    { Origin: 'https://pbx.example.org.' },
    { Origin: 'https://pbx.example.org:8443' },
  ])('a request with %j is refused', async (headers) => {
    const secret = secretOf((await form(FORM)).headers)
    const others = [
      form(FORM, headers as Record<string, string>),
      refresh(secret, headers as Record<string, string>),
    ]
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([403, 403])
    expect((await refresh(secret, headers as Record<string, string>, 'auth:logout')).status).toBe(403)
    expect((await refresh(secret)).status).toBe(200)
  })
})

describe('the refresh cookie is found in a Cookie header', () => {
  const wrong = 'ab'.repeat(68)
  test.each<[string, (secret: string) => string]>([
    [
      'with another program’s cookie of the same name before it',
      (s) => `refreshToken=${wrong}; refreshToken=${s}`,
    ],
    ['with another behind it', (s) => `refreshToken=${s}; refreshToken=x`],
    ['with an empty one before it', (s) => `refreshToken=; refreshToken=${s}`],
    ['with malformed cookies beside it', (s) => `a; =b; c=%zz; "d"="e; f"; ü=ö;;refreshToken=${s};g="h`],
    [
      'with cookies of similar names',
      (s) => `xrefreshToken=${wrong}; RefreshToken=${wrong}; refreshToken=${s}`,
    ],
    ['without blanks', (s) => `a=1;refreshToken=${s};b=2`],
    ['in quotes', (s) => `refreshToken="${s}"`],
    ['with 7 kB of others', (s) => `a=${'x'.repeat(7_000)}; refreshToken=${s}`],
  ])('%s', async (_, cookieWith) => {
    const secret = secretOf((await form(FORM)).headers)
    const Cookie = Buffer.from(cookieWith(secret)).toString('latin1')
    // With other large headers: 20 kB in all.
    const headers = { Cookie, Referer: `https://x.example/${'x'.repeat(6_000)}`, 'X-More': 'x'.repeat(7_000) }
    const { status, headers: answered } = await requestJson(`${base}/auth:refresh`, {
      method: 'POST',
      headers,
    })
    expect([status, secretOf(answered).length]).toEqual([200, secret.length])
  })
})

test('a malformed header is refused in the surface’s format', async () => {
  const { hostname, port } = new URL(base)
  const text = await new Promise<string>((resolve) => {
    let response = ''
    const socket = connect(Number(port), hostname, () =>
      socket.write('GET /pbxcore/api/v3/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Odd: a\x01b\r\n\r\n'),
    )
    socket.on('data', (more) => (response += more))
    socket.on('close', () => resolve(response))
  })
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toEqual({
    result: false,
    data: {},
    messages: { error: ['Invalid request'] },
  })
})

describe('the rate limits of MikoPBX', () => {
  test('allow ten wrong logins and a hundred wrong refreshes per address; a refresh without a cookie does not count', async () => {
    const limited = await startStack({
      env: {
        HOOKSWITCH_MIKOPBX_LOGINS: '',
        HOOKSWITCH_MIKOPBX_REFRESHES: '',
        HOOKSWITCH_LOGIN_PER_ACCOUNT: '1000',
      },
    })
    try {
      const api = `${limited.url}/pbxcore/api/v3`
      const wrong = () => requestJson(`${api}/auth:login`, { json: { login: 'user1', password: 'wrong' } })
      for (let n = 0; n < 10; n += 1) expect((await wrong()).status).toBe(401)
      const eleventh = await wrong()
      expect(eleventh.status).toBe(429)
      expect(Number(eleventh.headers.get('retry-after'))).toBeGreaterThan(0)

      const refreshes = async (count: number, Cookie = '') => {
        const statuses = []
        for (let n = 0; n < count; n += 1)
          statuses.push(
            (await requestJson(`${api}/auth:refresh`, { method: 'POST', headers: { Cookie } })).status,
          )
        return statuses
      }
      const WRONG = `refreshToken=${'0'.repeat(64)}`
      expect(await refreshes(101)).toEqual(Array(101).fill(401))
      expect(await refreshes(101, WRONG)).toEqual([...Array(100).fill(401), 429])
    } finally {
      await limited.stop()
    }
  })
})
