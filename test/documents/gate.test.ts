import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { findOrFetch } from '../../bin/system/programs.ts'
import { systemFolder } from '../support/build.ts'
import { freePort } from '../support/free-port.ts'
import { login, logout, requestJson, type SessionTokens, subscribeSse } from '../support/http-client.ts'
import { type Stack, startStack, waitUntil } from '../support/stack.ts'
import { blocksIn } from './blocks.ts'

/** The configuration of docs/gate.md, in the real nginx, with paths and ports of this test. */
const [{ text: documented } = { text: '' }] = blocksIn('docs/gate.md', 'nginx')
const { nginx: program } = await findOrFetch(systemFolder, ['nginx'], () => {})
const folder = mkdtempSync(join(tmpdir(), 'hs-gate-'))
const recordings = join(folder, 'recordings')

/** Replaces what the document asks its reader to change; each must be there. */
function withPlaces(places: Readonly<Record<string, string>>): string {
  return Object.entries(places).reduce((conf, [from, to]) => {
    if (!conf.includes(from)) throw new Error(`docs/gate.md has no ${from}`)
    return conf.replaceAll(from, to)
  }, documented)
}

/** Starts nginx on the document's configuration, asking the sidecar at a socket. */
async function startNginx(name: string, sidecarSocket: string, hookswitch: string) {
  const port = await freePort()
  const prefix = join(folder, name)
  mkdirSync(prefix)
  const conf = withPlaces({
    'unix:/srv/hookswitch/var/run/sidecar.sock': `unix:${sidecarSocket}`,
    '/srv/recordings': recordings,
    '/var/log/nginx/voice.log': join(prefix, 'access.log'),
    '127.0.0.1:8090': `127.0.0.1:${port}`,
    'http://127.0.0.1:8080': hookswitch,
  })
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${prefix}/${kind};`,
  )
  // Where a test may write, and as which user: not the document's matter.
  const head = `${process.getuid?.() === 0 ? 'user root;' : ''} daemon off; pid ${prefix}/nginx.pid;`
  writeFileSync(join(prefix, 'nginx.conf'), `${head}\n${conf.replace('http {', `http { ${temp.join(' ')}`)}`)
  const child = spawn(program.path, ['-p', prefix, '-e', 'stderr', '-c', join(prefix, 'nginx.conf')], {
    env: { ...process.env, ...program.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  const url = `http://127.0.0.1:${port}`
  await waitUntil('nginx answers', () => {
    if (child.exitCode !== null) throw new Error(errors)
    return fetch(`${url}/recordings/x`).then(
      () => true,
      () => false,
    )
  })
  return { child, url, port }
}
const stopped = (child: ChildProcess | undefined) =>
  child && new Promise((resolve) => child.once('close', resolve).kill('SIGTERM'))

/** Sends bytes, and reads what comes until nginx closes the connection or nothing has come for a while. */
function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setTimeout(700, () => socket.destroy())
    socket.on('data', (chunk) => (received += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
    socket.write(bytes, 'latin1')
  })
}

/** The names of the headers of each question. */
const namesOf = (questions: readonly string[]) =>
  questions.map((question) => [...question.matchAll(/^([\w-]+): /gm)].map(([, name]) => name))

let stack: Stack
let nginx: Awaited<ReturnType<typeof startNginx>>
let user: SessionTokens
beforeAll(async () => {
  for (const extension of ['1001', '1002']) {
    mkdirSync(join(recordings, extension), { recursive: true })
    writeFileSync(join(recordings, extension, 'call 1.wav'), `sound of ${extension}`)
  }
  symlinkSync(join(recordings, '1002', 'call 1.wav'), join(recordings, '1001', 'link.wav'))
  stack = await startStack({ env: { HOOKSWITCH_TRUSTED_PROXIES: '127.0.0.1' } })
  nginx = await startNginx('own', join(stack.run, 'sidecar.sock'), stack.url)
})
afterAll(async () => {
  await stopped(nginx?.child)
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  user = await login(stack)
})

const file = async (path: string, token?: string, headers: Record<string, string> = {}) => {
  const res = await fetch(`${nginx.url}/recordings/${path}`, {
    headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) },
  })
  return { status: res.status, text: await res.text(), headers: res.headers }
}

describe('the configuration of docs/gate.md', () => {
  test('serves a user’s own recording, whole and in part', async () => {
    expect(await file('1001/call%201.wav', user.access)).toMatchObject({ status: 200, text: 'sound of 1001' })
    const part = await file('1001/call%201.wav', user.access, { Range: 'bytes=0-4' })
    expect(part).toMatchObject({ status: 206, text: 'sound' })
    expect(part.headers.get('cache-control')).toBe('private, no-cache')
    const byQuery = await fetch(`${nginx.url}/recordings/1001/call%201.wav?authorization=${user.access}`)
    expect(byQuery.status).toBe(200)
  })

  test.each([
    ['no token', '1001/call%201.wav', () => undefined, 401],
    ['another user’s file', '1002/call%201.wav', () => user.access, 403],
    ['another user’s file by dots', '1001/../1002/call%201.wav', () => user.access, 403],
    ['another user’s file by a symbolic link', '1001/link.wav', () => user.access, 403],
    ['a refresh token', '1001/call%201.wav', () => user.refresh, 403],
    ['a token that is none', '1001/call%201.wav', () => 'x', 401],
    ['a file that is not there', '1001/none.wav', () => user.access, 404],
  ])('refuses %s', async (_, path, token, status) => {
    expect((await file(path, token())).status).toBe(status)
  })

  test('refuses a token as soon as its session has ended', async () => {
    await logout(stack, user)
    await waitUntil('401', async () => (await file('1001/call%201.wav', user.access)).status === 401)
  })

  test('passes logins, streams and WebSockets on to Hookswitch', async () => {
    const base = `${nginx.url}/pbxcore/api/module-softphone-backend/v1`
    const { access } = await login({ base })
    const stream = subscribeSse({ base }, access)
    await waitUntil('a stream opens', () => stream.opens() > 0)
    stream.close()
    const socket = new WebSocket(`${nginx.url.replace('http', 'ws')}/api/v1/streams/me`, {
      headers: { Authorization: `Bearer ${access}` },
    })
    await waitUntil('a WebSocket opens', () => socket.readyState === WebSocket.OPEN)
    socket.close()
    // Services of this machine alone: what comes through a proxy does not.
    expect((await requestJson(`${nginx.url}/_gate/metrics`)).status).toBe(403)
    expect((await requestJson(`${base}/pub/users-state`, { json: {} })).status).toBe(403)
  })

  test('writes no query string to its log', async () => {
    await fetch(`${nginx.url}/recordings/1001/logged.wav?link=secret`)
    const log = () => readFileSync(join(folder, 'own', 'access.log'), 'utf8')
    await waitUntil('the request is logged', () => log().includes('/recordings/1001/logged.wav'))
    expect(log()).not.toContain('secret')
  })
})

describe('the kept connection to the sidecar', () => {
  const head = (token: string, ...more: string[]) =>
    [
      'GET /recordings/1001/call%201.wav HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${token}`,
      ...more,
      '',
      '',
    ].join('\r\n')

  test.each([
    [['Content-Length: 300']],
    [['Transfer-Encoding: chunked']],
    [['Content-Length: 300', 'Expect: 100-continue']],
  ])('is not put out of step by %j', async (framing) => {
    const smuggled =
      'GET /check-media-access HTTP/1.1\r\nHost: gate\r\nX-Hs-Target: GET 1002/call 1.wav\r\n\r\n'
    for (let n = 0; n < 3; n += 1) {
      const reply = await sendBytes(nginx.port, head(user.access, ...framing) + smuggled)
      expect(reply.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')).toMatch(/^HTTP\/1\.1 400 /)
      expect(reply).not.toContain('sound of 1002')
    }
    // The next clients get their own answers.
    for (let n = 0; n < 8; n += 1) {
      expect((await file('1001/call%201.wav', user.access)).status).toBe(200)
      expect((await file('1002/call%201.wav', user.access)).status).toBe(403)
    }
  })

  test('carries the documented headers alone, and no answer but the right 204 opens a file', async () => {
    const questions: string[] = []
    let answer = (_id: string) => ''
    const sidecar = createServer((socket) => {
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        questions.push(bytes.toString('latin1'))
        const id = /^X-Hs-Request-Id: (.*)\r$/m.exec(bytes.toString('latin1'))?.[1] ?? ''
        socket.end(answer(id))
      })
    })
    const socketPath = join(folder, 'stub.sock')
    await new Promise<void>((resolve) => sidecar.listen(socketPath, resolve))
    const own = await startNginx('stub', socketPath, stack.url)
    try {
      const granting = (id: string) => `HTTP/1.1 204 No Content\r\nX-Hs-Request-Id: ${id}\r\n\r\n`
      const statusFor = async (next: typeof answer) => {
        answer = next
        return (
          await fetch(`${own.url}/recordings/1001/%63all%201.wav?link=abc`, {
            headers: {
              Authorization: 'Bearer abc',
              Cookie: 'a=1',
              'X-Hs-Target': 'GET 1002/x',
              TE: 'trailers',
            },
          })
        ).status
      }
      expect(await statusFor(granting)).toBe(200)
      expect(
        questions
          .at(-1)
          ?.replace(/[0-9a-f]{32}/, 'ID')
          .trimEnd()
          .split('\r\n'),
      ).toEqual([
        'GET /check-media-access HTTP/1.1',
        'Host: gate',
        'Authorization: Bearer abc',
        'X-Hs-Request-Id: ID',
        'X-Hs-Target: GET 1001/call 1.wav',
        'X-Hs-Query: link=abc',
      ])
      // Headers of the client's own connection and framing stay with nginx.
      answer = granting
      const before = questions.length
      const hops = ['Content-Length: 0', 'Expect: 100-continue', 'TE: trailers', 'Keep-Alive: timeout=9']
      await sendBytes(own.port, head('abc', ...hops, 'Connection: upgrade, X-Hs-Target', 'Upgrade: h2c'))
      expect(namesOf(questions.slice(before))).toEqual([
        ['Host', 'Authorization', 'X-Hs-Request-Id', 'X-Hs-Target'],
      ])

      const page = 'Content-Length: 2\r\n\r\nok'
      expect(await statusFor(() => granting('a'.repeat(32)))).toBe(503)
      expect(await statusFor((id) => `HTTP/1.1 200 OK\r\nX-Hs-Request-Id: ${id}\r\n${page}`)).toBe(503)
      expect(await statusFor(() => `HTTP/1.1 200 OK\r\n${page}`)).toBe(503)
      expect(await statusFor(() => '')).toBe(503)
      expect(await statusFor(() => `HTTP/1.1 503 Service Unavailable\r\n${page}`)).toBe(503)
    } finally {
      await stopped(own.child)
      sidecar.close()
    }
  })
})
