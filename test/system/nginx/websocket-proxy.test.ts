import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { renderNginx } from '../../../bin/stack/nginx-conf.ts'
import { nginxArgs } from '../../../bin/stack/process-specs.ts'
import { findOrFetch } from '../../../bin/system/programs.ts'
import { project, systemFolder } from '../../support/build.ts'
import { freePort } from '../../support/free-port.ts'
import { requestJson } from '../../support/http-client.ts'
import { waitUntil } from '../../support/stack.ts'
import { HANDSHAKE } from '../../support/stream-requests.ts'

/** The real nginx in front of a server in place of the API, which accepts every handshake and echoes. */
let folder: string
let url: string
let nginx: ChildProcess
let api: Server
let stderr = ''
const asked: IncomingMessage[] = []
const plain: Pick<IncomingMessage, 'httpVersion' | 'socket'>[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hs-'))
  const [run, prefix, conf] = [join(folder, 'run'), join(folder, 'nginx'), join(folder, 'conf')]
  for (const one of [run, join(prefix, 'temp')]) mkdirSync(one, { recursive: true, mode: 0o700 })

  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'voip' })
  api = createServer((req, res) => {
    const { httpVersion, socket } = req
    plain.push({ httpVersion, socket })
    res.end('{"from":"the api"}')
  })
  api.on('upgrade', (req, socket, head) => {
    asked.push(req)
    if (req.url?.includes('refused')) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(req, socket, head, (client) => {
      client.on('message', (text) => client.send(String(text)))
    })
  })
  await new Promise<void>((resolve) => api.listen(join(run, 'api.sock'), resolve))

  const programs = await findOrFetch(systemFolder, ['nginx'], () => {})
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  renderNginx(join(project, 'nginx'), conf, {
    nchanModule: programs.nginx.nchanModule,
    asRoot: process.getuid?.() === 0,
    workers: '1',
    openFiles: 1_024,
    listen: [`127.0.0.1:${port}`],
    run,
    temp: join(prefix, 'temp'),
    mediaRoot: join(folder, 'media'),
    webRoot: folder,
    accessLog: join(folder, 'access.log'),
    nchanMemoryMb: 8,
    streamInstances: 1,
    sidecars: [join(run, 'sidecar.sock')],
    apis: [join(run, 'api.sock')],
    allowedOrigins: [],
    trustedProxies: [],
  })
  const { path, env } = programs.nginx
  nginx = spawn(path, nginxArgs(conf, prefix), { env: { ...process.env, ...env } })
  nginx.stderr?.on('data', (text) => (stderr += text))
  await waitUntil(`nginx answers: ${stderr}`, () =>
    requestJson(url).then(
      () => true,
      () => false,
    ),
  )
})
afterAll(async () => {
  if (nginx !== undefined) await new Promise((resolve) => nginx.once('close', resolve).kill('SIGQUIT'))
  api?.closeAllConnections()
  api?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens a socket, sends a message, and waits for the echo. */
async function echoed(path: string, headers: Record<string, string> = {}, protocols: string[] = []) {
  const socket = new WebSocket(url.replace('http', 'ws') + path, protocols, { headers })
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.once('open', () => socket.send('hello'))
      socket.once('message', (text) => resolve(String(text)))
      socket.once('error', reject)
    })
  } finally {
    socket.terminate()
  }
}

describe('the API', () => {
  test('gets requests by HTTP/1.1, over connections that stay open', async () => {
    plain.length = 0
    for (let n = 0; n < 5; n += 1) await requestJson(`${url}/api/v1/sessions`)
    expect(plain.map(({ httpVersion }) => httpVersion)).toEqual(Array(5).fill('1.1'))
    expect(new Set(plain.map(({ socket }) => socket)).size).toBe(1)
  })
})

describe('the socket of the API', () => {
  test('gets the handshake through nginx, with the headers about the client', async () => {
    const headers = {
      Authorization: 'Bearer abc',
      Origin: 'https://phone.example',
      'X-Real-IP': '203.0.113.9',
      'X-Forwarded-For': '203.0.113.9',
    }
    expect(await echoed('/ws?token=xyz&a=1', headers, ['voip', 'other'])).toBe('hello')
    const req = asked.at(-1)
    expect(req?.url).toBe('/ws?token=xyz&a=1')
    expect(req?.headers).toMatchObject({
      host: url.slice('http://'.length),
      authorization: 'Bearer abc',
      origin: 'https://phone.example',
      'sec-websocket-protocol': 'voip,other',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect(req?.headers).not.toHaveProperty('x-forwarded-for')
  })

  test.each(['/api/v1/phone/socket', '/pbxcore/softphone/ws'])('is at %s as well', async (path) => {
    expect(await echoed(`${path}?ticket=xyz`, { Authorization: 'Bearer abc' }, ['voip'])).toBe('hello')
    expect(asked.at(-1)?.url).toBe(`${path}?ticket=xyz`)
    expect(asked.at(-1)?.headers).toMatchObject({
      'sec-websocket-protocol': 'voip',
      'x-real-ip': '127.0.0.1',
    })
    expect(await statusOf('POST', path, Object.fromEntries(HANDSHAKE))).toEqual({
      status: 405,
      upgrade: undefined,
    })
  })

  test('gets the path that nginx normalised, not the client’s spelling', async () => {
    expect(await echoed('/x/..//%77s?ticket=t')).toBe('hello')
    expect(asked.at(-1)?.url).toBe('/ws?ticket=t')
  })

  test('answers a refusal with its own body', async () => {
    await expect(echoed('/ws?token=refused')).rejects.toThrow('401')
  })

  const handshake = Object.fromEntries(HANDSHAKE)
  test.each([
    ['a plain GET', 'GET', {}, 426],
    ['a handshake without a key', 'GET', { ...handshake, 'Sec-WebSocket-Key': '' }, 426],
    ['a handshake for something else', 'GET', { ...handshake, Upgrade: 'h2c' }, 426],
    ['a handshake of an old version', 'GET', { ...handshake, 'Sec-WebSocket-Version': '8' }, 426],
    ['a handshake by POST', 'POST', handshake, 405],
  ])('is not opened by %s', async (_, method, headers, status) => {
    const before = asked.length
    expect(await statusOf(method, '/ws?token=xyz', headers)).toEqual({
      status,
      upgrade: status === 426 ? 'websocket' : undefined,
    })
    expect(asked).toHaveLength(before)
  })

  test.each(['/ws/', '/ws/x', '/wss', '/WS', '/health', '/api/v1/phone/socket/x', '/pbxcore/softphone/wss'])(
    'is not at %s: nothing is upgraded there',
    async (path) => {
      const before = asked.length
      await expect(echoed(path)).rejects.toThrow('200')
      expect(asked).toHaveLength(before)
    },
  )

  test('leaves no token in the access log', async () => {
    await echoed('/ws?token=in-the-query')
    await waitUntil('it was logged', () =>
      readFileSync(join(folder, 'access.log'), 'utf8').includes('"path":"/ws"'),
    )
    expect(readFileSync(join(folder, 'access.log'), 'utf8')).not.toMatch(/in-the-query|xyz|token=/)
  })
})

/** Sends bytes, as no client library sends such a request. */
async function statusOf(method: string, path: string, headers: Record<string, string>) {
  return new Promise<{ status: number; upgrade: string | undefined }>((resolve, reject) => {
    const req = request(url + path, { method, headers }, (res) => {
      res.resume()
      resolve({ status: res.statusCode ?? 0, upgrade: res.headers.upgrade })
    })
    req.once('upgrade', (res, socket) => {
      socket.destroy()
      resolve({ status: res.statusCode ?? 0, upgrade: res.headers.upgrade })
    })
    req.once('error', reject)
    req.end()
  })
}
