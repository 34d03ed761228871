import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login, logout, mediaStatus, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack?.stop())

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

describe('login', () => {
  test.each([
    ['a wrong password', { username: 'user1', password: 'passwort' }, 401, 'Invalid credentials'],
    ['an unknown user', { username: 'nobody', password: 'password' }, 401, 'Invalid credentials'],
    ['no password', { username: 'user1' }, 400, 'Invalid credentials provided'],
    ['no username', { password: 'password' }, 400, 'Invalid credentials provided'],
    ['an empty object', {}, 400, 'Invalid credentials provided'],
  ])('with %s is refused with the document’s text', async (_, json, status, error) => {
    const reply = await requestJson(`${stack.base}/auth/login`, { json })
    expect(reply).toMatchObject({ status, body: { success: false, error } })
  })

  test.each([
    ['a body that is not JSON', '{"username":', 'application/json'],
    ['a form', 'username=user1&password=password', 'application/x-www-form-urlencoded'],
    ['a number for a name', '{"username":1,"password":"password"}', 'application/json'],
    ['a list', '[]', 'application/json'],
    [
      'a password of 2 kB',
      JSON.stringify({ username: 'user1', password: 'x'.repeat(2048) }),
      'application/json',
    ],
  ])('with %s is answered with 400 in the document’s envelope', async (_, body, type) => {
    const reply = await requestJson(`${stack.base}/auth/login`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': type },
    })
    expect(reply).toMatchObject({ status: 400, body: { success: false, error: expect.any(String) } })
  })

  test('works with the extension as well as with the username', async () => {
    const byName = claimsOf((await login(stack, 'user1')).access)
    const byExtension = claimsOf((await login(stack, '1001')).access)
    expect(byExtension.sub).toBe(byName.sub)
    expect(byExtension.sid).not.toBe(byName.sid)
  })

  test('returns tokens with the documented claims, and their kind in the header', async () => {
    const { access, refresh } = await login(stack)
    const header = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())
    expect(header(access)).toMatchObject({ alg: 'HS256', typ: 'at+jwt' })
    expect(header(refresh)).toMatchObject({ alg: 'HS256', typ: 'rt+jwt' })
    const [a, r] = [claimsOf(access), claimsOf(refresh)]
    expect(a).toMatchObject({ username: 'user1', role: 'user', type: 'access', extension: '1001' })
    expect(a.exp - a.iat).toBe(3600)
    expect(r.exp - r.iat).toBe(2_592_000)
    expect(a.sub).toMatch(/^\d+$/)
  })
})

describe('a session', () => {
  test('ends with logout: its tokens, media access and links no longer work', async () => {
    const session = await login(stack)
    const { body } = await requestJson(`${stack.base}/media-links`, {
      token: session.access,
      json: { path: '1001/hello.wav' },
    })
    const link = `${stack.url}${body.url}`
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(200)
    expect((await requestJson(link)).status).toBe(200)

    expect((await logout(stack, session)).status).toBe(200)
    expect(await mediaStatus(stack, '1001/hello.wav', session.access)).toBe(401)
    expect((await requestJson(link)).status).toBe(401)
    expect((await requestJson(`${stack.base}/profile`, { token: session.access })).status).toBe(401)
    expect((await requestJson(`${stack.base}/check-media-access`, { token: session.access })).status).toBe(
      401,
    )
    const refreshed = await requestJson(`${stack.base}/auth/refresh`, {
      method: 'POST',
      token: session.refresh,
    })
    expect(refreshed).toMatchObject({ status: 401, body: { error: 'Invalid or missing token' } })
  })

  test('does not end with the logout of another session of the user', async () => {
    const [one, other] = [await login(stack), await login(stack)]
    await logout(stack, one)
    expect(await mediaStatus(stack, '1001/hello.wav', other.access)).toBe(200)
  })

  test('can be refreshed repeatedly with the same refresh token, as documented', async () => {
    const { refresh } = await login(stack)
    for (const _ of [1, 2]) {
      const { status, body } = await requestJson(`${stack.base}/auth/refresh`, {
        method: 'POST',
        token: refresh,
      })
      expect(status).toBe(200)
      expect(body).not.toHaveProperty('refresh_token')
      expect(await mediaStatus(stack, '1001/hello.wav', String(body.access_token))).toBe(200)
    }
  })

  test.each([
    [
      'refresh with an access token',
      'POST',
      'auth/refresh',
      'access',
      403,
      'Invalid token type. Refresh token required',
    ],
    ['logout with a refresh token', 'POST', 'auth/logout', 'refresh', 403, 'Invalid token type'],
    [
      'check-media-access with a refresh token',
      'GET',
      'check-media-access',
      'refresh',
      403,
      'Invalid token type',
    ],
    ['logout without a token', 'POST', 'auth/logout', undefined, 401, 'Unauthorized'],
    ['refresh without a token', 'POST', 'auth/refresh', undefined, 401, 'Invalid or missing token'],
  ] as const)('%s is refused', async (_, method, path, kind, status, error) => {
    const session = await login(stack)
    const token = kind === undefined ? {} : { token: session[kind] }
    const reply = await requestJson(`${stack.base}/${path}`, { method, ...token })
    expect(reply).toMatchObject({ status, body: { success: false, error } })
  })
})

describe('media', () => {
  test.each([
    ['a user reads their own file', 'user1', '1001/hello.wav', 200],
    ['a user does not read the file of another', 'user1', '1002/hello.wav', 403],
    ['an extension with the same prefix is another folder', 'user1', '10011/hello.wav', 403],
    ['a user does not read the top folder', 'user1', 'hello.wav', 403],
    ['an admin reads all files', 'admin', '1002/hello.wav', 200],
    ['a missing file is 404', 'user1', '1001/missing.wav', 404],
    ['a folder is not listed', 'admin', '1001/', 403],
    ['a hidden file is not served', 'admin', '1001/.hidden', 403],
  ])('%s', async (_, user, path, status) => {
    const { access } = await login(stack, user)
    expect(await mediaStatus(stack, path, access)).toBe(status)
  })

  test('is served with ranges and as private', async () => {
    const { access } = await login(stack)
    const headers = { Authorization: `Bearer ${access}`, Range: 'bytes=0-3' }
    const res = await fetch(`${stack.url}/pbxcore/softphone/recordings/1001/hello.wav`, { headers })
    expect(res.status).toBe(206)
    expect(await res.text()).toBe('RIFF')
    expect(Object.fromEntries(res.headers)).toMatchObject({
      'cache-control': 'private, no-cache',
      'x-content-type-options': 'nosniff',
      'content-type': 'audio/wav',
      'content-range': 'bytes 0-3/16044',
    })
  })

  test('a 401 has WWW-Authenticate by RFC 6750', async () => {
    const none = await requestJson(`${stack.url}/media/1001/hello.wav`)
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="hookswitch"')
    const bad = await requestJson(`${stack.url}/media/1001/hello.wav`, { token: 'x' })
    expect(bad.headers.get('www-authenticate')).toBe('Bearer realm="hookswitch", error="invalid_token"')
    expect(bad.body).toMatchObject({ status: 401, title: 'Unauthorized' })
  })

  test.each([
    ['opens its own path', '1001/hello.wav', 200],
    ['does not open another path', '1001/other.wav', 403],
    ['does not open a path of another user', '1002/hello.wav', 403],
  ])('a link %s', async (_, path, status) => {
    const { access } = await login(stack)
    const { body } = await requestJson(`${stack.base}/media-links`, {
      token: access,
      json: { path: '1001/hello.wav' },
    })
    const query = String(body.url).split('?')[1]
    expect((await requestJson(`${stack.url}/media/${path}?${query}`)).status).toBe(status)
  })

  test.each([
    ['another user’s file', { path: '1002/hello.wav' }, 403],
    ['a path with ..', { path: '1001/../1002/hello.wav' }, 400],
    ['an empty path', { path: '' }, 400],
    ['a path with a line break', { path: '1001/a\nb' }, 400],
    ['more than a day', { path: '1001/hello.wav', minutes: 1_441 }, 400],
    ['part of a minute', { path: '1001/hello.wav', minutes: 90.5 }, 400],
  ])('a link to %s is refused', async (_, json, status) => {
    const { access } = await login(stack)
    expect((await requestJson(`${stack.base}/media-links`, { token: access, json })).status).toBe(status)
  })

  test('a link opens a file with a name that needs encoding', async () => {
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(stack.data, 'media', '1001', 'Звонок 1 + #2?.wav'), 'RIFFx')
    const { access } = await login(stack)
    const { body } = await requestJson(`${stack.base}/media-links`, {
      token: access,
      json: { path: '1001/Звонок 1 + #2?.wav', minutes: 1 },
    })
    expect((await requestJson(`${stack.url}${body.url}`)).status).toBe(200)
  })
})

describe('stored secrets and unknown routes', () => {
  test('key files are 64 hex digits with mode 600; no password is stored in clear text', async () => {
    const { readdirSync } = await import('node:fs')
    const folder = join(stack.data, 'keys')
    const [name = ''] = readdirSync(folder)
    expect(readFileSync(join(folder, name), 'latin1')).toMatch(/^[0-9a-f]{64}\n$/)
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(stack.data, 'hookswitch.db'), 'latin1')).not.toContain(
      'b749601f329a635a19c4a87bc359be3d',
    )
    expect(statSync(join(stack.data, 'log', 'security.log')).mode & 0o777).toBe(0o600)
  })

  test('an unknown route answers 404 in the format of its prefix', async () => {
    expect(await requestJson(`${stack.base}/nothing`)).toMatchObject({
      status: 404,
      body: { success: false, error: 'Not found' },
    })
    expect(await requestJson(`${stack.url}/nothing`)).toMatchObject({
      status: 404,
      body: { title: 'Not Found' },
    })
  })

  test('no public key is published while tokens are signed with HMAC', async () => {
    expect((await requestJson(`${stack.url}/.well-known/jwks.json`)).body).toEqual({ keys: [] })
  })
})
