import { describe, expect, test } from 'vitest'
import { createUnavailableApp } from './unavailable-app.ts'

/** All surfaces with full permissions and unavailable services (503). */
const { app, takeErrors } = createUnavailableApp()

const ask = async (method: string, path: string, type: string, body: string | Uint8Array) => {
  const res = await app.request(path, { method, headers: { 'Content-Type': type }, body })
  return res.status
}

/** Each route that accepts a body. */
const routes = [...new Set(app.routes.filter((one) => /POST|PUT|PATCH/.test(one.method)))].map(
  ({ method, path }) => [method, path.replace('/:channel', '/users-state').replace(/\/:\w+/g, '/1')] as const,
)
const unique = [...new Map(routes.map((one) => [one.join(' '), one])).values()]

/**
 * Routes that read a JSON body: they refuse malformed JSON, where the others ignore it. A refresh without a cookie is
 * refused with 401, whatever its body is.
 */
const reading: (readonly [string, string])[] = []
for (const [method, path] of unique) {
  const status = await ask(method, path, 'application/json', '[')
  if (status >= 400 && status < 500 && status !== 401 && status !== 404) reading.push([method, path])
}

const deep = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`
const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))

takeErrors()

test('the tested routes include routes of every surface', () => {
  const paths = reading.map(([, path]) => path)
  for (const path of [
    '/pbxcore/api/module-softphone-backend/v1/auth/login',
    '/pbxcore/api/module-softphone-backend/v1/pub/users-state',
    '/pbxcore/api/v3/auth:login',
    '/api/login',
    '/auth/register',
    '/api/leads',
    '/api/campaigns',
    '/api/v1/calls',
    '/api/v1/calls/1/transfer',
    '/api/v1/calls/history/1/recording-link',
  ]) {
    expect(paths, paths.join('\n')).toContain(path)
  }
})

describe.each(reading)('%s %s', (method, path) => {
  const member = 'username'
  test.each<[string, () => string]>([
    ['lists 50 000 deep', () => `{"${member}":${deep(50_000, '[', ']')}}`],
    ['objects 50 000 deep', () => deep(50_000, '{"a":', '}')],
    ['100 000 members', () => `{${many(100_000, (n) => `"k${n}":1`).join()}}`],
    ['a list of 500 000', () => `{"agentIds":[${many(500_000, () => 1).join()}]}`],
    ['250 000 empty objects', () => `{"variables":[${many(250_000, () => '{}').join()}]}`],
    ['100 000 objects with different members', () => `{"a":[${many(90_000, (n) => `{"k${n}":1}`)}]}`],
  ])('refuses %s', async (_, body) => {
    expect([400, 413, 422]).toContain(await ask(method, path, 'application/json', body()))
    expect(takeErrors()).toEqual([])
  })
  test.each<[string, string, string | Uint8Array]>([
    [
      'a member twice that is a prototype',
      'application/json',
      '{"__proto__":{"x":1},"__proto__":[],"username":"a"}',
    ],
    ['a constructor', 'application/json', '{"constructor":{"prototype":{"x":1}},"toString":1}'],
    ['numbers out of range', 'application/json', '{"username":1e999,"number":-1e999,"minutes":1e308}'],
    ['a number of 500 000 digits', 'application/json', `{"minutes":${'9'.repeat(500_000)}}`],
    [
      'half a surrogate pair',
      'application/json',
      '{"username":"\\ud800","password":"\\udfff","number":"\\ud800"}',
    ],
    ['a NUL', 'application/json', '{"username":"\\u0000","password":"\\u0000","number":"\\u0000"}'],
    ['bytes that are not UTF-8', 'application/json', new Uint8Array([123, 34, 0xff, 0xfe, 34, 58, 49, 125])],
    ['null', 'application/json', 'null'],
    ['an empty body', 'application/json', ''],
    ['an unknown charset', 'application/json; charset=nonsense', '{"a":1}'],
    ['multipart without a boundary', 'multipart/form-data', '{"a":1}'],
    ['malformed multipart', 'multipart/form-data; boundary=x', '{"a":1}'],
    [
      'truncated multipart',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="lo',
    ],
    ['multipart with an empty boundary', 'multipart/form-data; boundary=""', '----\r\n'],
    [
      'multipart of 20 000 parts',
      'multipart/form-data; boundary=x',
      `${many(20_000, (n) => `--x\r\nContent-Disposition: form-data; name="${n}"\r\n\r\n\r\n`).join('')}--x--\r\n`,
    ],
    [
      'a file for the login',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="login"; filename="a"\r\n\r\nx\r\n--x--\r\n',
    ],
    ['a form of 300 000 fields', 'application/x-www-form-urlencoded', many(300_000, () => 'a=').join('&')],
    ['a form that is badly escaped', 'application/x-www-form-urlencoded', 'login=%zz&password=%ff%'],
    [
      'a form with a prototype',
      'application/x-www-form-urlencoded',
      '__proto__=1&__proto__[]=1&constructor[]=2',
    ],
    ['an invalid content type', 'multipart/form-data; boundary=\u00ff', 'x'],
    ['a blank content type', ' ', 'x'],
  ])('treats %s as a client error', async (_, type, body) => {
    const status = await ask(method, path, type, body)
    expect(status === 503 || (status >= 200 && status < 500), String(status)).toBe(true)
    expect(takeErrors()).toEqual([])
  })
})
