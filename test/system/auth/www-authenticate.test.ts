import { afterAll, beforeAll, expect, test } from 'vitest'
import { login, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Operation {
  operationId: string
  security?: Record<string, unknown>[]
}
interface Document {
  paths: Record<string, Record<string, Operation>>
}

let stack: Stack
/** Every operation of every surface, as the one document of all has them. */
let operations: { name: string; method: string; path: string }[] = []
let tokens: Record<'a refresh token' | 'a media link' | 'nonsense' | 'one that is over', string>

beforeAll(async () => {
  stack = await startStack()
  const document = (await requestJson(`${stack.url}/openapi.json`)).body as unknown as Document
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      operation.operationId === undefined
        ? []
        : [
            {
              name: `${method.toUpperCase()} ${path}`,
              method: method.toUpperCase(),
              path: path.replaceAll(/\{[^}]+\}/g, '1'),
            },
          ],
    ),
  )
  const user = await login(stack)
  const link = await requestJson(`${stack.base}/media-links`, {
    token: user.access,
    json: { path: '1001/hello.wav', minutes: 5 },
  })
  const over = await login(stack)
  await requestJson(`${stack.base}/auth/logout`, { method: 'POST', token: over.access })
  tokens = {
    'a refresh token': user.refresh,
    'a media link': new URL(String(link.body.url), stack.url).searchParams.values().next().value ?? '',
    nonsense: 'a.b.c',
    'one that is over': over.access,
  }
})
afterAll(() => stack?.stop())

/** The challenges of all operations that differ from the expected one. */
async function wrongChallenges(token: string | undefined, wanted: string) {
  const wrong: Record<string, string | null> = {}
  let asked = 0
  for (const { name, method, path } of operations) {
    const { status, headers } = await requestJson(`${stack.url}${path}`, {
      method,
      ...(token === undefined ? {} : { token }),
    })
    if (status !== 401) continue
    asked += 1
    // These require a cookie and a signature instead of a token.
    const expected = /auth:refresh$/.test(path)
      ? 'Bearer realm="hookswitch"'
      : /webhooks\/telnyx$/.test(path)
        ? 'Signature realm="hookswitch"'
        : wanted
    if (headers.get('www-authenticate') !== expected) wrong[name] = headers.get('www-authenticate')
  }
  return { wrong, asked }
}

test('every 401 to a request without a token challenges without an error code', async () => {
  const { wrong, asked } = await wrongChallenges(undefined, 'Bearer realm="hookswitch"')
  expect(wrong).toEqual({})
  expect(asked).toBeGreaterThan(80)
})

test.each(['a refresh token', 'a media link', 'nonsense', 'one that is over'] as const)(
  'every 401 to %s as a bearer token has the error invalid_token',
  async (kind) => {
    expect(tokens[kind]).toMatch(/^[\w.-]{5,}$/)
    const { wrong, asked } = await wrongChallenges(
      tokens[kind],
      'Bearer realm="hookswitch", error="invalid_token"',
    )
    expect(wrong).toEqual({})
    expect(asked).toBeGreaterThan(40)
  },
)

test.each([
  ['softphone', '/pbxcore/api/module-softphone-backend/v1/auth/login', { username: 'user1', password: 'x' }],
  ['MikoPBX', '/pbxcore/api/v3/auth:login', { login: 'user1', password: 'x' }],
  ['VoIP', '/api/login', { username: 'user1', password: 'x' }],
  ['onboarding', '/auth/login', { email: 'user1', password: 'x' }],
  ['call centre', '/api/auth/login', { username: 'user1', password: 'x' }],
])('a wrong password on the surface of %s names the scheme', async (_, path, json) => {
  const { status, headers } = await requestJson(`${stack.url}${path}`, { json })
  expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="hookswitch"'])
})
