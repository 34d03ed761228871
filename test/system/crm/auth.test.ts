import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTokens } from '../../../api/core/auth/tokens.ts'
import { type Keyring, openKeyring } from '../../../contract/keyring.ts'
import { project } from '../../support/build.ts'
import { loginCallCenterUser, seedCallCenter } from '../../support/call-center.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

const data = mkdtempSync(join(tmpdir(), 'crm-words-'))
let stack: Stack
let keyring: Keyring
beforeAll(async () => {
  await seedCallCenter(data)
  stack = await startStack({ data, demo: false, env: { HOOKSWITCH_LOGIN_PER_ACCOUNT: '20' } })
  mkdirSync(join(data, 'media', '1001'), { recursive: true })
  writeFileSync(join(data, 'media', '1001', 'hello.wav'), 'RIFF')
  keyring = openKeyring(join(data, 'keys'), () => {})
})
afterAll(async () => {
  keyring?.close()
  await stack?.stop()
})

const logIn = (json: unknown) => requestJson(`${stack.url}/api/auth/login`, { json })
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
/** A valid access token, of anna by default. */
async function accessTokenOf(username = 'anna'): Promise<string> {
  const { body } = await logIn({ username, password: CHEAP_PASSWORD })
  return String(body.token)
}

describe('login', () => {
  test.each([
    ['root', 'admin'],
    ['sven', 'supervisor'],
    ['anna', 'agent'],
  ])('answers %s with the role %s, in the body and in the token', async (username, role) => {
    const { status, body } = await logIn({ username, password: CHEAP_PASSWORD })
    expect([status, Object.keys(body)]).toEqual([200, ['token', 'user_id', 'username', 'role', 'user']])
    expect(body).toMatchObject({ user_id: expect.any(Number), username, role })
    expect(body.user).toMatchObject({ id: body.user_id, username, role: String(role).toUpperCase() })
    const claims = claimsOf(String(body.token))
    expect(claims).toMatchObject({ user_id: body.user_id, username, role })
    expect(claims.exp - claims.iat).toBe(86_400)
  })

  test.each([
    ['a wrong password', { username: 'anna', password: 'wrong' }],
    ['an unknown username', { username: 'nobody', password: CHEAP_PASSWORD }],
    ['no password', { username: 'anna' }],
    ['no username', { password: CHEAP_PASSWORD }],
    ['nothing', {}],
    ['an empty password', { username: 'anna', password: '' }],
    ['an empty username', { username: '', password: CHEAP_PASSWORD }],
    ['a password that is a number', { username: 'anna', password: 5 }],
    ['a password that is very long', { username: 'anna', password: 'x'.repeat(5_000) }],
  ])('with %s is 401 with the same body', async (_, json) => {
    const { status, body, headers } = await logIn(json)
    expect([status, body]).toEqual([401, { message: 'Invalid credentials' }])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="hookswitch"')
  })

  test('of a disabled user is 401 with the same body, and worked before', async () => {
    const tara = { username: 'tara', password: CHEAP_PASSWORD }
    expect((await logIn(tara)).status).toBe(200)
    const env = { ...process.env, HOOKSWITCH_DATA: data }
    execFileSync(process.execPath, [join(project, 'dist/hookswitch.js'), 'users', 'disable', 'tara'], { env })
    const { status, body } = await logIn(tara)
    expect([status, body]).toEqual([401, { message: 'Invalid credentials' }])
  })

  test('with a body that is not JSON is 400', async () => {
    const res = await requestJson(`${stack.url}/api/auth/login`, { method: 'POST', body: 'username=anna' })
    expect([res.status, res.body]).toEqual([400, { message: 'Content-Type must be application/json' }])
  })

  test('too often is 429 with Retry-After', async () => {
    const tries = Array.from({ length: 21 }, () => logIn({ username: 'carl', password: 'guess' }))
    const replies = await Promise.all(tries)
    const throttled = replies.find(({ status }) => status === 429)
    expect(throttled?.body).toEqual({ message: 'Too many requests' })
    expect(Number(throttled?.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('an agent’s token', () => {
  test('has the access of a user at the gate and on the other surfaces', async () => {
    const token = await accessTokenOf()
    const media = (path: string) => requestJson(`${stack.url}/media/${path}`, { token })
    expect((await media('1001/hello.wav')).status).toBe(200)
    expect((await media('1002/hello.wav')).status).toBe(403)
    expect((await requestJson(`${stack.base}/profile`, { token })).status).toBe(200)
    expect((await requestJson(`${stack.url}/protected/profile`, { token })).body).toMatchObject({
      success: true,
    })
    expect((await requestJson(`${stack.url}/protected/admin/users`, { token })).status).toBe(403)
  })

  test('is invalid as soon as its session ends', async () => {
    const token = await accessTokenOf()
    const session = `${stack.url}/api/v1/sessions/${claimsOf(token).sid}`
    const inviteWithToken = () => requestJson(`${stack.url}/api/auth/invite`, { token, json: {} })
    expect((await inviteWithToken()).status).toBe(403)
    expect((await requestJson(session, { method: 'DELETE', token })).status).toBe(204)
    const { status, body } = await inviteWithToken()
    expect([status, body]).toEqual([401, { message: 'Invalid token' }])
  })
})

describe('error messages of the guide', () => {
  const guarded = async (headers: Record<string, string>) => {
    const { status, body } = await requestJson(`${stack.url}/api/auth/invite`, { headers, json: {} })
    return [status, body]
  }

  test.each<[string, (token: string) => Record<string, string>]>([
    ['no header', () => ({})],
    ['an empty header', () => ({ Authorization: '' })],
    ['a blank header', () => ({ Authorization: '  ' })],
    ['a misspelled header', (token) => ({ Authorisation: `Bearer ${token}` })],
    ['no Bearer', (token) => ({ Authorization: token })],
    ['another word for Bearer', (token) => ({ Authorization: `Token ${token}` })],
    ['Bearer and nothing', () => ({ Authorization: 'Bearer ' })],
    ['Bearer that touches the token', (token) => ({ Authorization: `Bearer${token}` })],
  ])('%s is answered as a missing header', async (_, headers) => {
    expect(await guarded(headers(await accessTokenOf()))).toEqual([
      401,
      { message: 'Missing authorization header' },
    ])
  })

  const GUIDE =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoxLCJ1c2VybmFtZSI6InRlc3QiLCJyb2xlIjoiYWdlbnQiLCJleHAiOjE3MzcwMjE2MDB9.signature'
  const withRoleAdmin = (token: string) => {
    const [header, , signature] = token.split('.')
    const claims = { ...claimsOf(token), role: 'admin' }
    return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
  }
  const signedByAnotherKey = (token: string) =>
    new SignJWT(claimsOf(token))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .sign(new TextEncoder().encode('another server’s key, long enough for HS256'))

  test.each<[string, (token: string) => string | Promise<string>]>([
    ['of another key', signedByAnotherKey],
    ['with another signature', (token) => `${token.slice(0, -43)}${'A'.repeat(43)}`],
    ['without its signature', (token) => token.split('.').slice(0, 2).join('.')],
    ['with a changed role', withRoleAdmin],
    ['that is no JWT', () => 'not-a-jwt'],
    ['with text after it', (token) => `${token} more`],
    ['the guide prints', () => GUIDE],
    ['without an algorithm', (token) => `eyJhbGciOiJub25lIn0.${token.split('.')[1]}.`],
    ['for refreshing', async () => (await login(stack, 'anna', CHEAP_PASSWORD)).refresh],
  ])('a token %s is answered as invalid', async (_, invalidate) => {
    const token = await accessTokenOf()
    expect(await guarded({ Authorization: `Bearer ${token}` })).toEqual([
      403,
      { message: 'Insufficient permissions' },
    ])
    expect(await guarded({ Authorization: `Bearer ${await invalidate(token)}` })).toEqual([
      401,
      { message: 'Invalid token' },
    ])
  })

  test('an expired token is answered as invalid, and was valid before', async () => {
    const { sub, sid, gen } = claimsOf(await accessTokenOf())
    const tokens = createTokens({ keyring, algorithm: 'HS256', now: Date.now, issuingSince: () => 0 })
    const end = Math.floor(Date.now() / 1000) + 2
    const Authorization = `Bearer ${await tokens.issue('access', { sub, sid, gen, role: 'user' }, end)}`
    expect(await guarded({ Authorization })).toEqual([403, { message: 'Insufficient permissions' }])
    await waitUntil('it has expired', async () => (await guarded({ Authorization }))[0] === 401)
    expect(await guarded({ Authorization })).toEqual([401, { message: 'Invalid token' }])
  })

  test('a role without permission is answered with insufficient permissions', async () => {
    const anna = await loginCallCenterUser(stack, 'anna')
    const { status, body } = await anna.request('/auth/invite', {
      json: { email: 'x@example.org', role: 'AGENT' },
    })
    expect([status, body]).toEqual([403, { message: 'Insufficient permissions' }])
  })

  test.each(['/api/nothing', '/api/auth/logout', '/api/auth/login/'])('%s is not found', async (path) => {
    const { status, body } = await requestJson(stack.url + path, { json: {} })
    expect([status, body]).toEqual([404, { message: 'Not found' }])
  })

  test('health needs no token', async () => {
    expect(await requestJson(`${stack.url}/api/health`)).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    })
  })
})
