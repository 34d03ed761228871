import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { selfSigned } from '../../api/provisioning/self-signed.ts'
import { sendHttp2 } from '../../support/raw-http2.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { HANDSHAKE } from '../../support/stream-requests.ts'
import { createTlsClient, sendOver, type TlsClient } from '../../support/tls-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'hs-tls-'))
const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
const [first, second] = [selfSigned(), selfSigned()]
const ca = [first.cert, second.cert].join('\n')

let stack: Stack
let port: number
let client: TlsClient
beforeAll(async () => {
  writeFileSync(files.certificate, first.cert)
  writeFileSync(files.key, first.key, { mode: 0o600 })
  stack = await startStack({
    env: {
      HOOKSWITCH_TLS_CERT_FILE: files.certificate,
      HOOKSWITCH_TLS_KEY_FILE: files.key,
      // One worker, so that all requests share the same pool of connections to the sidecar.
      HOOKSWITCH_NGINX_WORKERS: '1',
    },
  })
  port = Number(new URL(stack.url).port)
  client = createTlsClient(stack.url, ca)
})
afterAll(async () => {
  client?.close()
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const API = '/pbxcore/api/module-softphone-backend/v1'
const logIn = async (username: string): Promise<string> => {
  const { text } = await client.send(`${API}/auth/login`, { json: { username, password: 'password' } })
  return JSON.parse(text).access_token
}

const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256

describe('over TLS', () => {
  test('takes TLS 1.2 and 1.3, and nothing older', async () => {
    await client.certificate()
    await client.certificate({ maxVersion: 'TLSv1.2' })
    await expect(client.certificate({ maxVersion: 'TLSv1.1' })).rejects.toThrow()
  })

  test('answers of the API and of nginx ask browsers to use HTTPS alone from now on', async () => {
    for (const path of [
      '/health',
      '/console/',
      '/media/1001/hello.wav',
      '/nothing',
      `${API}/sub/users-state`,
    ]) {
      const { headers } = await client.send(path, { headers: { Host: 'pbx.example.org' } })
      expect([path, headers['strict-transport-security']]).toEqual([path, 'max-age=31536000'])
    }
  })

  test('localhost is not asked for, as its other ports belong to other programs', async () => {
    const { status, headers } = await client.send('/health', { headers: { Host: `localhost:${port}` } })
    expect([status, headers['strict-transport-security']]).toEqual([200, undefined])
  })

  test('the cookie of MikoPBX is Secure, and refreshed for pages of https alone', async () => {
    const path = '/pbxcore/api/v3/auth:login'
    const { headers } = await client.send(path, { json: { login: 'user1', password: 'password' } })
    const cookie = String(headers['set-cookie'])
    expect(cookie).toContain('Secure')
    const refresh = (origin: string) =>
      client.send('/pbxcore/api/v3/auth:refresh', {
        method: 'POST',
        headers: { Cookie: cookie.split(';')[0] ?? '', Origin: origin },
      })
    expect((await refresh(`http://127.0.0.1:${port}`)).status).toBe(403)
    expect((await refresh(`https://127.0.0.1:${port}`)).status).toBe(200)
  })

  test.each([
    ['http', 403],
    ['https', 200],
  ])('a page of %s of the same host that opens a stream gets %i', async (scheme, status) => {
    const token = await logIn('user1')
    const session = client.openHttp2()
    const stream = session.request({
      ':path': `${API}/sub/users-state`,
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      origin: `${scheme}://127.0.0.1:${port}`,
    })
    const head = await new Promise<IncomingHttpHeaders>((resolve) => stream.once('response', resolve))
    expect(head[':status']).toBe(status)
    session.destroy()
  })
})

describe('over plain HTTP, on the same port', () => {
  const plain = (path: string, init: RequestInit = {}) =>
    fetch(`${stack.url.replace('https', 'http')}${path}`, { redirect: 'manual', ...init })

  test('a page is redirected, and the answer asks for nothing more', async () => {
    const res = await plain('/console/people?q=a')
    expect([res.status, res.headers.get('location')]).toEqual([308, `${stack.url}/console/people?q=a`])
    expect(res.headers.get('strict-transport-security')).toBeNull()
  })

  test.each([
    ['a login', `${API}/auth/login`, { method: 'POST', body: '{}' }, 'application/json'],
    [
      'a token in a header',
      '/api/v1/sessions',
      { headers: { Authorization: 'Bearer x' } },
      'application/problem+json',
    ],
    ['a token in the query', `${API}/sub/users-state?a=1&authorization=x`, {}, 'application/json'],
  ])('%s is refused and not redirected', async (_, path, init, type) => {
    const res = await plain(path, init)
    expect([res.status, res.headers.get('content-type')]).toEqual([400, type])
  })
})

describe('over HTTP/2', () => {
  const framings: readonly [title: string, headers: readonly (readonly [string, string])[], body?: string][] =
    [
      ['a length and no body', [['content-length', '95']]],
      ['a length and half of its body', [['content-length', '95']], 'x'],
      ['a length and more than its body', [['content-length', '5']], 'x'.repeat(200)],
      [
        'two lengths',
        [
          ['content-length', '5'],
          ['content-length', '95'],
        ],
        'hello',
      ],
      ['a chunked body', [['transfer-encoding', 'chunked']], '5\r\nhello\r\n0\r\n\r\n'],
      [
        'a body without a length',
        [],
        'GET /check-media-access HTTP/1.1\r\nX-Hs-Target: GET 1002/hello.wav\r\n\r\n',
      ],
      [
        'an upgrade to HTTP/2',
        [
          ['connection', 'upgrade, http2-settings'],
          ['upgrade', 'h2c'],
        ],
      ],
      ['two hosts', [['host', 'other.example']]],
    ]
  test.each(framings)('%s: no other request is answered wrongly or fails', async (_, headers, body) => {
    const [one, other] = [await logIn('user1'), await logIn('user2')]
    const session = client.openHttp2()
    const hostile = {
      headers: [
        [':method', 'GET'],
        [':scheme', 'https'],
        [':path', '/media/1001/hello.wav'],
        [':authority', '127.0.0.1'],
        ['authorization', `Bearer ${one}`],
        ...headers,
      ] as const,
      ...(body === undefined ? {} : { body }),
    }
    const wrong: string[] = []
    for (let round = 0; round < 5; round += 1) {
      await sendHttp2({ port, ca }, [hostile])
      const [own, foreign, without] = await Promise.all([
        sendOver(session, '/media/1002/hello.wav', { token: other }),
        sendOver(session, '/media/1002/hello.wav', { token: one }),
        sendOver(session, '/media/1001/hello.wav'),
      ])
      if (own.status !== 200) wrong.push(`their own file: ${own.status}`)
      if (foreign.status !== 403) wrong.push(`another user's file: ${foreign.status}`)
      if (without.status !== 401) wrong.push(`without a token: ${without.status}`)
    }
    expect(wrong).toEqual([])
    // Nor did the sidecar have to defend itself: it knows only questions without a body.
    expect(stack.logs().includes('gate_request_rejected')).toBe(false)
  })

  test('a WebSocket handshake is none: it would take a connection that carries other requests', async () => {
    const token = await logIn('user1')
    const request = (path: string, more: readonly (readonly [string, string])[] = []) => ({
      headers: [
        [':method', 'GET'],
        [':scheme', 'https'],
        [':path', path],
        [':authority', '127.0.0.1'],
        ['authorization', `Bearer ${token}`],
        ...more,
      ] as const,
    })
    expect((await client.send(`${API}/pub/users-state`, { json: {} })).status).toBeLessThan(300)
    const handshake = HANDSHAKE.map(([name, value]) => [name.toLowerCase(), value] as const)
    const statuses = await sendHttp2({ port, ca }, [
      request('/ws?extension=1001', handshake),
      request(`${API}/sub/users-state`, handshake),
      request('/media/1001/hello.wav'),
    ])
    // The second is a plain GET: it gets the state as JSON.
    expect(statuses).toEqual([426, 200, 200])
  })

  test('a stream that is not read is dropped, and the others of its connection go on', async () => {
    const token = await logIn('user3')
    const session = client.openHttp2()
    const open = () =>
      session.request({
        ':path': `${API}/sub/users-state`,
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
      })
    const [unread, read] = [open().pause(), open()]
    unread.on('error', () => {})
    let received = 0
    read.on('data', ({ length }: Buffer) => {
      received += length
    })
    const streams = async () => Number(JSON.parse((await client.send('/_gate/ready')).text).streams)
    await waitUntil('both are open', async () => (await streams()) === 2)
    const pad = 'x'.repeat(300_000)
    await waitUntil('one of them is dropped', async () => {
      await client.send(`${API}/pub/users-state`, { json: { pad } })
      return (await streams()) === 1
    })
    const before = received
    await client.send(`${API}/pub/users-state`, { json: { pad } })
    await waitUntil('the other one goes on', () => received >= before + pad.length)
    session.destroy()
    await waitUntil('none is left', async () => (await streams()) === 0)
  })

  test('a request with a body reaches the API', async () => {
    const json = { username: 'user1', password: 'password' }
    const { status } = await sendOver(client.openHttp2(), `${API}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    })
    expect(status).toBe(200)
  })
})

describe('a renewed certificate', () => {
  test('is used by new connections, while streams stay open; half a pair changes nothing', async () => {
    const token = await logIn('user1')
    const session = client.openHttp2()
    let events = ''
    const stream = session.request({
      ':path': `${API}/sub/users-state`,
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
    })
    stream.on('data', (chunk) => {
      events += chunk
    })
    let hasEnded = false
    stream.on('close', () => {
      hasEnded = true
    })
    const socket = new WebSocket(`${stack.base.replace('https', 'wss')}/sub/users-state`, {
      ca,
      headers: { Authorization: `Bearer ${token}` },
    })
    onTestFinished(() => socket.terminate())
    let messages = ''
    socket.on('message', (data) => {
      messages += String(data)
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    expect((await client.certificate()).fingerprint256).toBe(fingerprint(first.cert))
    const publish = async (mark: string) =>
      expect((await client.send(`${API}/pub/users-state`, { json: { mark } })).status).toBeLessThan(300)
    await publish('before')
    await waitUntil('both streams are open', () => events.includes('before') && messages.includes('before'))

    writeFileSync(files.certificate, second.cert.slice(0, 300))
    await waitUntil('half a file is noticed', () =>
      stack.output().includes('does not begin with a certificate'),
    )
    writeFileSync(files.certificate, second.cert)
    expect((await client.certificate()).fingerprint256).toBe(fingerprint(first.cert))
    writeFileSync(files.key, second.key)
    await waitUntil(
      'a new connection gets the new one',
      async () => (await client.certificate()).fingerprint256 === fingerprint(second.cert),
    )

    expect(stack.output()).toContain(`new certificate (SHA-256 ${fingerprint(second.cert)}`)
    await publish('after')
    await waitUntil('both streams go on', () => events.includes('after') && messages.includes('after'))
    expect([hasEnded, socket.readyState]).toEqual([false, WebSocket.OPEN])
    expect(statSync(join(stack.run, 'tls.pem')).mode & 0o777).toBe(0o600)
    expect(stack.logs()).not.toContain('PRIVATE KEY')
  })
})
