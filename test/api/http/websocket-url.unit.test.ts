import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { toAbsoluteWebSocketUrl } from '../../../api/http/websocket-url.ts'

const askedBy = async (headers: Record<string, string>, url = '/api/v1/phone/socket') => {
  const app = new Hono().get('/', (c) => c.text(toAbsoluteWebSocketUrl(c, url)))
  app.onError((err) => new Response(err.message, { status: 400 }))
  return (await app.request('/', { headers })).text()
}

test.each([
  ['a name', { host: 'voice.example.org' }, 'ws://voice.example.org/api/v1/phone/socket'],
  ['a port', { host: '127.0.0.1:8080' }, 'ws://127.0.0.1:8080/api/v1/phone/socket'],
  ['an IPv6 address', { host: '[::1]:8080' }, 'ws://[::1]:8080/api/v1/phone/socket'],
  [
    'TLS in front of it',
    { host: 'voice.example.org', 'x-forwarded-proto': 'https' },
    'wss://voice.example.org/api/v1/phone/socket',
  ],
])('a path becomes a URL of the host that was asked, with %s', async (_, headers, url) => {
  expect(await askedBy(headers)).toBe(url)
})

test.each(['evil.example/x?', 'a@b', 'a b', ''])('the host %j is refused', async (host) => {
  expect(await askedBy({ host })).not.toMatch(/^ws/)
})

test('a URL stays as it is', async () => {
  expect(await askedBy({ host: 'a' }, 'wss://pbx.example.org:8089/ws')).toBe('wss://pbx.example.org:8089/ws')
})
