import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { cookieOf, createMikopbxClient, FORM, refused, secretOf, startMikopbxStack } from './auth-client.ts'

let stack: Stack
let base: string
beforeAll(async () => {
  stack = await startMikopbxStack()
  base = `${stack.url}/pbxcore/api/v3`
})
afterAll(() => stack?.stop())

const { form, refresh } = createMikopbxClient(() => base)

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
