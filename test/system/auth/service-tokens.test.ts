import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { login, requestJson, subscribeSse } from '../../support/http-client.ts'
import { runHookswitch } from '../../support/run-hookswitch.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'

let stack: Stack
let admin: string
beforeAll(async () => {
  // So that a test sets the address of its client.
  stack = await startStack({
    env: { HOOKSWITCH_TRUSTED_PROXIES: '127.0.0.1', HOOKSWITCH_MAX_STALENESS: '2' },
  })
  admin = (await login(stack, 'admin')).access
})
afterAll(() => stack?.stop())

const FROM_ELSEWHERE = { 'X-Forwarded-For': '192.0.2.7' }
const AS_STREAM = { ...FROM_ELSEWHERE, Accept: 'text/event-stream' }
const FROM_ANOTHER_NETWORK = { 'X-Forwarded-For': '198.51.100.7' }

async function create(scopes: readonly string[], more: object = {}): Promise<{ id: string; token: string }> {
  const { status, body } = await requestJson(`${stack.url}/api/v1/service-tokens`, {
    token: admin,
    json: { name: 'test', scopes, ...more },
  })
  expect(status).toBe(201)
  const made = body as unknown as { id: string; token: string } // the documented shape
  await waitUntil('the sidecar knows it', async () => (await mediaStatus(made.token)) !== 401)
  return made
}
const revoke = (id: string) =>
  requestJson(`${stack.url}/api/v1/service-tokens/${id}`, { method: 'DELETE', token: admin })
const publish = (
  token: string | undefined,
  headers: Record<string, string> = FROM_ELSEWHERE,
  channel = 'users-state',
) =>
  requestJson(`${stack.base}/pub/${channel}`, {
    json: { states: { 1001: 'away' } },
    headers,
    ...(token === undefined ? {} : { token }),
  })
const statusOf = async (path: string, token: string, headers: Record<string, string> = FROM_ELSEWHERE) => {
  const res = await fetch(`${stack.url}${path}`, {
    headers: { Authorization: `Bearer ${token}`, ...headers },
  })
  await res.arrayBuffer()
  return res.status
}
const mediaStatus = (token: string) => statusOf('/media/1001/hello.wav', token)

describe('a service token', () => {
  test('publishes from another machine, where no other request does', async () => {
    const { token } = await create(['presence:publish'])
    const { token: reader } = await create(['presence:read'])
    expect([201, 202]).toContain((await publish(token)).status)
    expect((await publish(undefined)).status).toBe(403)
    expect((await publish(admin)).status).toBe(403)
    expect((await publish(reader)).status).toBe(403)
    expect((await publish(token, FROM_ELSEWHERE, 'active-calls')).status).toBe(403)
    expect((await publish(`${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`)).status).toBe(401)
    // A service of this machine still needs none, but a wrong one is not ignored.
    expect([201, 202]).toContain((await publish(undefined, {})).status)
    expect((await publish('hs_wrong', {})).status).toBe(401)
    expect(await statusOf('/pbxcore/api/module-softphone-backend/v1/pub-by-token/users-state', token)).toBe(
      404,
    )
    const { status, body } = await requestJson(`${stack.url}/api/v1/streams/users-state`, {
      token: reader,
      headers: FROM_ELSEWHERE,
    })
    expect({ status, body }).toMatchObject({ status: 200, body: { states: { 1001: 'away' } } })
  })

  test('opens with its scope in its network what the API, the sidecar and nginx serve, and nothing else', async () => {
    const networks = ['192.0.2.0/24']
    const all = await create(['calls:read', 'recordings:read', 'metrics:read', 'presence:read'], { networks })
    const none = await create(['users:read'], { networks })
    const paths = ['/api/v1/calls', '/media/1001/hello.wav', '/_gate/metrics', '/api/v1/streams/users-state']
    for (const path of paths) {
      expect(await statusOf(path, all.token), path).toBe(200)
      expect(await statusOf(path, all.token, FROM_ANOTHER_NETWORK), path).toBe(403)
      expect(await statusOf(path, none.token), path).toBe(403)
    }
    expect(await statusOf('/media/.hidden/a.wav', all.token)).toBe(403)
    expect(await statusOf('/_gate/health', all.token)).toBe(403)
    expect(await statusOf('/api/v1/streams/me', all.token, AS_STREAM)).toBe(403)
    expect(await statusOf('/api/v1/streams/active-calls', all.token, AS_STREAM)).toBe(403)
    expect(await statusOf('/api/v1/service-tokens', all.token)).toBe(403)
    // In a URL it is none: proxies log these.
    for (const path of ['/media/1001/hello.wav', '/api/v1/streams/users-state'])
      expect((await fetch(`${stack.url}${path}?authorization=${all.token}`)).status, path).toBe(401)
  })

  test('dials for the user that it names, within that user’s rights', async () => {
    const { token } = await create(['calls:dial'])
    const dial = (json: object) =>
      requestJson(`${stack.url}/api/v1/calls`, { token, json, headers: FROM_ELSEWHERE })
    expect(await dial({ number: '1002' })).toMatchObject({ status: 400, body: { code: 'input_invalid' } })
    expect(await dial({ number: '1002', user_id: '999999' })).toMatchObject({ status: 404 })
    // No PBX is connected: all checks came before.
    const { body } = await requestJson(`${stack.url}/api/v1/users?q=user1`, { token: admin })
    const [user] = body.users as { id: string }[]
    expect((await dial({ number: '1002', user_id: user?.id })).status).toBe(503)
  })

  test('is over everywhere at once after its revocation, and its stream is cut', async () => {
    const { id, token } = await create(['presence:read', 'calls:read', 'recordings:read'])
    const stream = subscribeSse(stack, token, `${stack.url}/api/v1/streams/users-state`)
    await waitUntil('the stream is open', () => stream.opens() === 1)
    expect((await revoke(id)).status).toBe(204)
    await waitUntil('the stream is cut', () => stream.lostAt() !== undefined, 5_000)
    stream.close()
    for (const path of ['/api/v1/calls', '/media/1001/hello.wav', '/api/v1/streams/users-state'])
      expect(await statusOf(path, token), path).toBe(401)
  })

  test('made and revoked on the command line is judged soon', async () => {
    const added = await runHookswitch(stack.data, [
      'service-tokens',
      'add',
      'cli',
      '--scope',
      'calls:read,recordings:read',
    ])
    const token = /hs_\w+/.exec(added.out)?.[0] ?? ''
    await waitUntil('the sidecar knows it', async () => (await mediaStatus(token)) === 200, 10_000)
    expect(await statusOf('/api/v1/calls', token)).toBe(200)
    const { out } = await runHookswitch(stack.data, ['service-tokens', 'list'])
    const id = /^([0-9a-f]{16}) +cli /m.exec(out)?.[1] ?? ''
    expect(out).not.toContain(token)
    expect((await runHookswitch(stack.data, ['service-tokens', 'revoke', id])).code).toBe(0)
    await waitUntil('it is revoked', async () => (await mediaStatus(token)) === 401, 10_000)
    expect(await statusOf('/api/v1/calls', token)).toBe(401)
    expect(stack.logs()).not.toContain(token.slice(20))
  })

  test.each([
    ['the prefix alone', 'hs_'],
    ['garbage', 'hs_garbage'],
    ['4000 characters', `hs_${'a'.repeat(4_000)}`],
    ['zeros', `hs_${'0'.repeat(16)}_${'0'.repeat(48)}`],
    ['an encoded NUL', 'hs_%00'],
  ])('of a hostile form is 401: %s', async (_, hostile) => {
    for (const path of ['/api/v1/calls', '/media/1001/hello.wav', '/_gate/metrics'])
      expect(await statusOf(path, hostile), path).toBe(401)
  })

  test('is judged after the sidecar restarts, and while Redis is away it is 503, never 401', async () => {
    const { token } = await create(['recordings:read', 'calls:read'])
    const seen = new Set<number>()
    const isGood = async () => {
      const both = [await mediaStatus(token), await statusOf('/api/v1/calls', token)]
      for (const status of both) seen.add(status)
      return both.every((status) => status === 200)
    }
    stack.signal('sidecar', 'SIGKILL')
    await waitUntil('it is judged again', isGood, 15_000)
    stack.signal('redis', 'SIGSTOP')
    await waitUntil('it cannot be judged', async () => !(await isGood()) && seen.has(503), 15_000)
    stack.signal('redis', 'SIGCONT')
    await waitUntil('it is judged again', isGood, 15_000)
    stack.signal('redis', 'SIGKILL')
    stack.signal('sidecar', 'SIGKILL')
    await waitUntil('it is judged again', isGood, 30_000)
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([])
  }, 90_000)
})
