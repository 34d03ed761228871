import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http'
import { connect, createServer, type Socket, type Server as SocketServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { renderNginx } from '../../../bin/stack/nginx-conf.ts'
import { nginxArgs } from '../../../bin/stack/process-specs.ts'
import { findOrFetch } from '../../../bin/system/programs.ts'
import { project, systemFolder } from '../../support/build.ts'
import { freePort } from '../../support/free-port.ts'
import { waitUntil } from '../../support/stack.ts'
import { HANDSHAKE } from '../../support/stream-requests.ts'

/** The real nginx, with servers of this test in place of the sidecar, of the API, and of an instance of Nchan. */
let folder: string
let port: number
let nginx: ChildProcess
let sidecar: SocketServer
let stderr = ''
const upstreams: Server[] = []

/** The gate requests to the sidecar, byte for byte, and how it answers. */
const gateRequests: string[] = []
let answerTo: (id: string) => string | undefined
/** How many connections nginx has opened to the sidecar. */
let connections = 0
/** The requests to the instance of Nchan. */
const streams: IncomingMessage[] = []

const FILE = 'the contents of the file'
const PAGE = '<html>a page</html>'
const STREAM = 'data: of the stream\n\n'
const API = '/pbxcore/api/module-softphone-backend/v1'
const SUB = `${API}/sub/users-state`
const answer = (status: string, lines: readonly string[] = [], body = '') =>
  `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`
const grant = (id: string, status = '204 No Content') =>
  answer(status, [
    `X-Hs-Request-Id: ${id}`,
    `X-Hs-Cohort: ${'a'.repeat(32)}`,
    'X-Hs-Channel: state/users-state',
  ])
const withBody = (status: string, id: string) =>
  grant(id, status).replace('\r\n\r\n', `\r\nContent-Length: ${PAGE.length}\r\n\r\n${PAGE}`)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hs-'))
  const [run, prefix, conf, media] = ['run', 'nginx', 'conf', 'media'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ] // as many as names
  for (const one of [run, join(prefix, 'temp'), join(media, '1001')])
    mkdirSync(one, { recursive: true, mode: 0o700 })
  writeFileSync(join(media, '1001', 'a.wav'), FILE)

  sidecar = createServer((socket: Socket) => {
    connections += 1
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const gateRequest = text.slice(0, end + 4)
        text = text.slice(end + 4)
        gateRequests.push(gateRequest)
        const response = answerTo(/^X-Hs-Request-Id: (.*)\r$/m.exec(gateRequest)?.[1] ?? '')
        // Half an answer ends the connection.
        if (response?.includes('\r\n\r\n')) socket.write(response, 'latin1')
        else socket.end(response ?? '', 'latin1')
      }
    })
  })
  await new Promise<void>((resolve) => sidecar.listen(join(run, 'sidecar.sock'), resolve))
  const stream = createHttpServer((req, res) => {
    streams.push(req)
    // As nchan-instance.conf does.
    if (req.headers['x-hs-channel'] === undefined) return res.writeHead(503).end()
    const own = { Vary: 'Accept', 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'X' }
    return res.writeHead(200, { 'Content-Type': 'text/event-stream', ...own }).end(STREAM)
  })
  const relay = createHttpServer()
  relay.on('upgrade', (req, socket) => {
    streams.push(req)
    const isGranted = req.headers['x-hs-channel'] !== undefined
    socket.end(
      isGranted
        ? 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nwebsocket'
        : 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n',
    )
  })
  const api = createHttpServer((req, res) => {
    if (req.url?.endsWith('/unreadable'))
      return res.writeHead(400, { 'X-Accel-Redirect': '/_unreadable', 'Content-Length': '0' }).end()
    if (req.url?.endsWith('/gone')) return req.socket.destroy()
    return res.writeHead(200, { 'Referrer-Policy': 'origin' }).end('{"from":"the api"}')
  })
  for (const [server, name] of [
    [stream, 'stream-1.sock'],
    [relay, 'relay-1.sock'],
    [api, 'api.sock'],
  ] as const) {
    upstreams.push(server)
    await new Promise<void>((resolve) => server.listen(join(run, name), resolve))
  }

  const programs = await findOrFetch(systemFolder, ['nginx'], () => {})
  port = await freePort()
  renderNginx(join(project, 'nginx'), conf, {
    nchanModule: programs.nginx.nchanModule,
    asRoot: process.getuid?.() === 0,
    workers: '1',
    openFiles: 1_024,
    listen: [`127.0.0.1:${port}`],
    run,
    temp: join(prefix, 'temp'),
    mediaRoot: media,
    webRoot: media,
    accessLog: join(folder, 'access.log'),
    nchanMemoryMb: 8,
    streamInstances: 1,
    sidecars: [join(run, 'sidecar.sock')],
    apis: [join(run, 'api.sock')],
    allowedOrigins: ['https://phone.example'],
    trustedProxies: [],
  })
  const { path, env } = programs.nginx
  nginx = spawn(path, nginxArgs(conf, prefix), { env: { ...process.env, ...env } })
  nginx.stderr?.on('data', (text) => (stderr += text))
  answerTo = grant
  await waitUntil(`nginx answers: ${stderr}`, async () => (await send('GET /health')).status === 200)
})
afterAll(async () => {
  if (nginx !== undefined) await new Promise((resolve) => nginx.once('close', resolve).kill('SIGQUIT'))
  for (const server of upstreams) {
    server.closeAllConnections()
    server.close()
  }
  sidecar?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  answerTo = grant
  gateRequests.length = 0
  streams.length = 0
})

interface Reply {
  /** 0 if the connection was closed without an answer. */
  status: number
  headers: Record<string, string>
  text: string
}

/** Sent with every request. */
let always: readonly string[] = []

function send(line: string, headers: readonly string[] = [], body = ''): Promise<Reply> {
  const own = headers.some((one) => /^connection:/i.test(one)) ? [] : ['Connection: close']
  return sendBytes(
    `${[`${line} HTTP/1.1`, 'Host: x', ...own, ...always, ...headers].join('\r\n')}\r\n\r\n${body}`,
  )
}

/** Sends bytes, and reads until nginx ends the connection. */
function sendBytes(bytes: string): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const done = () => {
      clearTimeout(late)
      socket.destroy()
      const fields = [...(text.split('\r\n\r\n')[0] ?? '').matchAll(/^([^:\r\n]+): (.*)\r?$/gm)]
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
        headers: Object.fromEntries(fields.map(([, name = '', value = '']) => [name.toLowerCase(), value])),
        text,
      })
    }
    const late = setTimeout(done, 10_000)
    socket.on('data', (more) => {
      text = (text + more.toString('latin1')).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '')
      // nginx waits for the rest of a body that it refuses before it ends the connection.
      const length = /^Content-Length: (\d+)\r$[\s\S]*^Connection: close\r$/m.exec(text)?.[1]
      if (length !== undefined && text.length - text.indexOf('\r\n\r\n') - 4 >= Number(length)) done()
    })
    socket.on('error', () => {})
    socket.on('close', done)
    socket.write(bytes, 'latin1')
  })
}

const getFile = (headers: readonly string[] = []) => send('GET /media/1001/a.wav', headers)
const SSE = 'Accept: text/event-stream'
const WEBSOCKET = HANDSHAKE.map(([name, value]) => `${name}: ${value}`)
const OPENINGS: readonly (readonly [title: string, path: string, headers: readonly string[]])[] = [
  ['an EventSource', SUB, [SSE]],
  ['an EventSource of v1', '/api/v1/streams/users-state', [SSE]],
  ['a WebSocket', SUB, WEBSOCKET],
  ['a WebSocket of v1', '/api/v1/streams/users-state', WEBSOCKET],
]
const isOpened = ({ status }: Reply) => status === 200 || status === 101

const OTHER = 'b'.repeat(32)

describe('an answer of the sidecar that is not exactly a grant of this request', () => {
  test.each<[title: string, respond: (id: string) => string | undefined]>([
    ['200 with a page', () => answer('200 OK', [`Content-Length: ${PAGE.length}`], PAGE)],
    ['200 with the right id', (id) => withBody('200 OK', id)],
    ['200 with the right id and no body', (id) => grant(id, '200 OK\r\nContent-Length: 0')],
    ['201 with the right id', (id) => withBody('201 Created', id)],
    ['206 with the right id', (id) => withBody('206 Partial Content', id)],
    ['299 with the right id', (id) => withBody('299 Fine', id)],
    ['204 without an id', () => answer('204 No Content')],
    ['204 with an empty id', () => grant('')],
    ['204 with the id of another request', () => grant(OTHER)],
    ['204 with the id in upper case', (id) => grant(id.toUpperCase())],
    [
      '204 with another id and the id',
      (id) => answer('204 No Content', [`X-Hs-Request-Id: ${OTHER}`, `X-Hs-Request-Id: ${id}`]),
    ],
    ['204 with the id twice in one line', (id) => grant(`${id}${id}`)],
    ['204 with the id twice and a comma', (id) => grant(`${id}, ${id}`)],
    ['204 with the id and more', (id) => grant(`${id}0`)],
    ['204 with less than the id', (id) => grant(id.slice(1))],
    ['302', () => answer('302 Found', ['Location: /media/1001/a.wav', 'Content-Length: 0'])],
    ['304 with the right id', (id) => grant(id, '304 Not Modified')],
    ['404', () => answer('404 Not Found', ['Content-Length: 0'])],
    ['400', () => answer('400 Bad Request', ['Content-Length: 0', 'Connection: close'])],
    ['500', () => answer('500 Internal Server Error', ['Content-Length: 0'])],
    ['503', (id) => grant(id, '503 Service Unavailable\r\nContent-Length: 0')],
    ['nothing', () => undefined],
    ['garbage', () => '\x00\x01\x02 garbage\r\n\r\n'],
    ['half an answer', () => 'HTTP/1.1 20'],
    ['half a grant', (id) => grant(id).slice(0, -2)],
  ])('%s opens no file and no stream', async (_, respond) => {
    answerTo = respond
    const file = await getFile()
    expect(file.text).not.toContain(FILE)
    expect(file.text).not.toContain(PAGE)
    expect(file.status).toBe(503)
    expect(file.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'retry-after': '1',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    for (const [opening, path, headers] of OPENINGS) {
      const { text } = await send(`GET ${path}`, headers)
      expect({ opening, text }).toEqual({ opening, text: '' })
    }
    // No stream got a channel.
    for (const { headers } of streams) expect(headers).not.toHaveProperty('x-hs-channel')
  })
})

describe('a grant of this request', () => {
  test('opens the file', async () => {
    const { status, text } = await getFile()
    expect(status).toBe(200)
    expect(text.endsWith(FILE)).toBe(true)
  })

  test.each(OPENINGS)('opens %s', async (_, path, headers) => {
    const reply = await send(`GET ${path}`, headers)
    expect(isOpened(reply)).toBe(true)
    expect(streams).toHaveLength(1)
    expect(streams[0]?.headers).toMatchObject({
      'x-hs-channel': 'state/users-state',
      'x-hs-cohort': 'a'.repeat(32),
    })
  })

  test('opens no further request: nginx answers 503 to the next one that gets the same grant', async () => {
    await getFile()
    const first = idOf(gateRequests[0])
    answerTo = () => grant(first)
    expect((await getFile()).status).toBe(503)
  })
})

const idOf = (gateRequest = '') => /^X-Hs-Request-Id: (.*)\r$/m.exec(gateRequest)?.[1] ?? ''

test('no answer of the sidecar within 3 s denies the request', async () => {
  answerTo = () => 'HTTP/1.1 100 Continue\r\n\r\n'
  const startedAt = performance.now()
  const [file, stream] = await Promise.all([getFile(), send(`GET ${SUB}`, [SSE])])
  expect({ file: file.status, stream: stream.text }).toEqual({ file: 503, stream: '' })
  expect(performance.now() - startedAt).toBeLessThan(8_000)
})

test.each([
  ['401 Unauthorized', 401],
  ['403 Forbidden', 403],
])('a refusal by %s costs no connection to the sidecar', async (status, code) => {
  answerTo = (id) => answer(status, [`X-Hs-Request-Id: ${id}`, 'Content-Length: 0'])
  await getFile()
  const before = connections
  for (let n = 0; n < 10; n += 1) expect((await getFile()).status).toBe(code)
  expect(connections).toBe(before)
})

/** Headers that a client may send to reach the sidecar, or to break a connection to it. */
const INTRUDING = [
  'Content-Length: 0',
  'TE: trailers, chunked',
  'Expect: 100-continue',
  'Keep-Alive: timeout=1, max=1',
  'Proxy-Connection: keep-alive',
  'Trailer: Authorization',
  'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
  'Cookie: a=1',
  'Referer: https://phone.example/?token=x',
  'X-Forwarded-For: 203.0.113.9',
  `X-Hs-Request-Id: ${OTHER}`,
  'X-Hs-Target: GET 1002/a.wav',
  'X-Hs-Query: link=x',
  'X-Hs-Instance: 7',
  'X-Hs-Conn: x',
  'X-Hs-Cohort: x',
  'X-Hs-Channel: user/1',
  'x_hs_target: GET 1002/a.wav',
]
const CONNECTIONS = [
  'Connection: close',
  'Connection: keep-alive, X-Hs-Target, Authorization, Content-Length',
  'Connection: upgrade, X-Hs-Request-Id\r\nUpgrade: h2c',
]
/** The lines of a request's head, without ids. */
const linesOf = (head = '') =>
  head
    .replace(/[0-9a-f]{32}/g, 'ID')
    .trimEnd()
    .split('\r\n')

describe('nginx, whatever a client sends', () => {
  // If the client keeps the connection, its next request ends it.
  const then = 'GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

  test.each(CONNECTIONS)('sends the sidecar the complete list of headers for a file (%j)', async (own) => {
    await send('GET /media/1001/%61.wav?link=abc&x', [own, 'Authorization: Bearer abc', ...INTRUDING], then)
    expect(gateRequests.map(linesOf)).toEqual([
      [
        'GET /check-media-access HTTP/1.1',
        'Host: gate',
        'Authorization: Bearer abc',
        'X-Hs-Request-Id: ID',
        'X-Hs-Target: GET 1001/a.wav',
        'X-Hs-Query: link=abc&x',
      ],
    ])
    expect(idOf(gateRequests[0])).not.toBe(OTHER)
  })

  test.each(CONNECTIONS)(
    'sends the sidecar and the instance the complete list of headers for a stream (%j)',
    async (own) => {
      const extra = ['Last-Event-ID: 1:0', 'Origin: https://phone.example', 'Authorization: Bearer abc']
      await send(`GET ${SUB}?ticket=abc`, [own, SSE, ...extra, ...INTRUDING], then)
      expect(gateRequests.map(linesOf)).toEqual([
        [
          'GET /check-channel-access HTTP/1.1',
          'Host: gate',
          'Authorization: Bearer abc',
          'X-Hs-Request-Id: ID',
          'X-Hs-Target: GET users-state',
          'X-Hs-Query: ticket=abc',
          'X-Hs-Instance: 1',
        ],
      ])
      expect(streams.map(({ method, url, headers }) => ({ method, url, headers }))).toEqual([
        {
          method: 'GET',
          url: '/subscribe',
          headers: {
            host: 'stream',
            connection: 'close',
            accept: 'text/event-stream',
            'x-hs-request-id': idOf(gateRequests[0]),
            'x-hs-cohort': 'a'.repeat(32),
            'x-hs-channel': 'state/users-state',
          },
        },
      ])
    },
  )

  test.each([
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate; server_max_window_bits=99999999999',
    'permessage-deflate; server_max_window_bits=',
    'permessage-deflate;;;',
    'permessage-deflate; client_max_window_bits="',
    'x-webkit-deflate-frame',
    ';',
    ',,,',
    'permessage-deflate, '.repeat(380),
    '\xff\xfe',
  ])('passes no extension of a WebSocket handshake to the relay (%#)', async (extensions) => {
    const page = ['Origin: https://phone.example', `Sec-WebSocket-Extensions: ${extensions}`]
    const reply = await send(`GET ${SUB}`, [...WEBSOCKET, ...page, 'Sec-WebSocket-Protocol: a', ...INTRUDING])
    expect(reply.status).toBe(101)
    expect(streams.map(({ headers }) => headers)).toEqual([
      {
        host: 'stream',
        connection: 'upgrade',
        upgrade: 'websocket',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
        accept: 'text/event-stream',
        'x-hs-request-id': idOf(gateRequests[0]),
        'x-hs-cohort': 'a'.repeat(32),
        'x-hs-channel': 'state/users-state',
      },
    ])
  })
})

/** How long a request takes, in ms: the median of many. */
async function timeOf(path: string, headers: readonly string[]): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 25; n += 1) {
    const startedAt = performance.now()
    const { status } = await send(`GET ${path}`, headers)
    // The header itself is not refused.
    expect(status).not.toBe(400)
    times.push(performance.now() - startedAt)
  }
  return times.sort((one, other) => one - other)[12] ?? Number.POSITIVE_INFINITY
}

test.each([
  ['an Accept of 450 media types', `Accept: ${'text/event-stream,'.repeat(450)}`],
  ['an Accept of 450 malformed media types', `Accept: ${'text/event-streams'.repeat(450)}`],
  ['an Accept of blanks', `Accept: a${',  \t '.repeat(1_600)}text/event-strea`],
  ['a Connection of 1000 words', `Connection: ${'upgrade '.repeat(1_000)}`],
  ['a Connection of one long word', `Connection: ${'upgrade'.repeat(1_150)}`],
  ['a Connection of commas', `Connection: upgrad${', \t'.repeat(2_600)}`],
  ['an Upgrade of 8 kB', `Upgrade: ${'websocket|'.repeat(800)}`],
  ['a key of 8 kB', `Sec-WebSocket-Key: ${'a'.repeat(8_000)}`],
  ['an Origin of 8 kB', `Origin: https://${'x|'.repeat(4_000)}`],
  ['an Authorization of 8 kB', `Authorization: ${'Bearer '.repeat(1_100)}`],
])('%s takes no noticeable time', async (_, header) => {
  for (const path of [SUB, '/media/1001/a.wav']) {
    const plain = await timeOf(path, ['X-Plain: 1'])
    expect(await timeOf(path, [header, 'Connection: close'])).toBeLessThan(plain * 5 + 5)
  }
})

describe('every response of nginx', () => {
  const refusing = (status: string) => (id: string) =>
    answer(status, [`X-Hs-Request-Id: ${id}`, 'Content-Length: 0'])
  const page = ['Origin: https://phone.example']
  type Answered = [status: number, title: string, ask: () => Promise<Reply>, respond?: typeof answerTo]
  const ANSWERS: readonly Answered[] = [
    [200, 'a file', () => getFile()],
    [206, 'a part of a file', () => getFile(['Range: bytes=0-3'])],
    [416, 'a part beyond a file', () => getFile(['Range: bytes=999-'])],
    [200, 'a stream', () => send(`GET ${SUB}`, [SSE])],
    [200, 'the API', () => send('GET /health')],
    [204, 'a preflight', () => send(`OPTIONS ${SUB}`, page)],
    [400, 'a request without Host', () => sendBytes('GET / HTTP/1.1\r\n\r\n')],
    [400, 'no HTTP', () => sendBytes('hello\r\n\r\n')],
    [400, 'a bad header', () => sendBytes('GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n')],
    [400, 'a header of 40 kB', () => send('GET /', [`X: ${'x'.repeat(40_000)}`])],
    [414, 'a path of 40 kB', () => send(`GET /${'x'.repeat(40_000)}`)],
    [400, 'a request that the API cannot parse', () => send('GET /unreadable')],
    [404, 'the internal location for that', () => send('GET /_unreadable')],
    [404, 'an internal error page', () => send('GET /_refused/problem')],
    [400, 'a file requested with a body', () => getFile(['Content-Length: 1'])],
    [400, 'a stream requested with a body', () => send(`GET ${SUB}`, [SSE, 'Content-Length: 1'])],
    [
      400,
      'a v1 stream requested with a body',
      () => send('GET /api/v1/streams/me', [SSE, 'Content-Length: 1']),
    ],
    [400, 'a conditional stream', () => send(`GET ${SUB}`, [SSE, 'If-None-Match: x'])],
    [401, 'a file', () => getFile(), refusing('401 Unauthorized')],
    [401, 'a stream', () => send(`GET ${SUB}`, [SSE]), refusing('401 Unauthorized')],
    [401, 'a v1 stream', () => send('GET /api/v1/streams/me', [SSE]), refusing('401 Unauthorized')],
    [403, 'a file', () => getFile(), refusing('403 Forbidden')],
    [403, 'a stream', () => send(`GET ${SUB}`, [SSE]), refusing('403 Forbidden')],
    [403, 'a v1 stream', () => send('GET /api/v1/streams/me', [SSE]), refusing('403 Forbidden')],
    [403, 'a stream for another site', () => send(`GET ${SUB}`, [SSE, 'Origin: https://evil.example'])],
    [403, 'the state for a page', () => send('GET /_gate/ready', page)],
    [403, 'publishing for a page', () => send(`POST ${API}/pub/users-state`, page)],
    [404, 'a missing file', () => send('GET /media/1001/b.wav')],
    [404, 'a folder', () => send('GET /media/1001')],
    [404, 'an internal location', () => send('GET /_gate/media')],
    [405, 'a file by POST', () => send('POST /media/1001/a.wav', ['Content-Length: 0'])],
    [405, 'a stream by POST', () => send(`POST ${SUB}`, ['Content-Length: 0'])],
    [405, 'a v1 stream by POST', () => send('POST /api/v1/streams/me', ['Content-Length: 0'])],
    [405, 'the socket by POST', () => send('POST /ws', ['Content-Length: 0'])],
    [405, 'publishing by GET', () => send(`GET ${API}/pub/users-state`)],
    [405, 'TRACE', () => send('TRACE /')],
    [413, 'a large body for the API', () => send('POST /auth/login', ['Content-Length: 99999999'])],
    [413, 'a large body for a file', () => getFile(['Content-Length: 99999999'])],
    [413, 'a large body for a stream', () => send(`GET ${SUB}`, [SSE, 'Content-Length: 99999999'])],
    [426, 'the socket without a handshake', () => send('GET /ws')],
    [501, 'an unknown encoding', () => send('POST /', ['Transfer-Encoding: gzip'])],
    [505, 'an unknown version', () => sendBytes('GET / HTTP/3.0\r\nHost: x\r\n\r\n')],
    [503, 'a file without a verdict', () => getFile(), () => undefined],
    [503, 'the API that does not answer', () => send('GET /gone')],
  ]
  afterEach(() => {
    always = []
  })

  test.each(ANSWERS)(
    '%i: %s has Referrer-Policy: no-referrer, once',
    async (status, _title, ask, respond) => {
      if (respond !== undefined) answerTo = respond
      const reply = await ask()
      expect(reply.status).toBe(status)
      const head = reply.text.split('\r\n\r\n')[0] ?? ''
      expect(head.match(/^referrer-policy:.*$/gim)).toEqual(['Referrer-Policy: no-referrer'])
    },
  )

  const count = ({ text }: Reply, name: string) =>
    (text.split('\r\n\r\n')[0] ?? '').match(new RegExp(`^${name}:.*$`, 'gim')) ?? []
  /** Refused before nginx has read Origin, or requested by a page in any case. */
  const ANONYMOUS = /without Host|no HTTP|a bad header|40 kB|unknown version|another site|page|preflight/
  const forPages = ANSWERS.filter(([, title]) => !ANONYMOUS.test(title) && title !== 'the API')

  test.each(forPages)(
    '%i: %s can be read by a page of an allowed origin',
    async (status, _title, ask, respond) => {
      if (respond !== undefined) answerTo = respond
      always = ['Origin: https://phone.example']
      // 403 where only services of this machine have access.
      const reply = await ask()
      expect([status, 403]).toContain(reply.status)
      expect(reply.headers).toMatchObject({ 'access-control-allow-origin': 'https://phone.example' })
      for (const name of ['access-control-allow-origin', 'access-control-expose-headers', 'vary'])
        expect([name, count(reply, name).length]).toEqual([name, 1])
      expect(reply.headers.vary).toBe('Origin')
      const exposed = reply.headers['access-control-expose-headers']?.split(',')
      expect(exposed).toEqual(
        expect.arrayContaining(['Accept-Ranges', 'Content-Length', 'Content-Range', 'ETag', 'Retry-After']),
      )
    },
  )

  test.each(forPages)(
    '%i: %s cannot be read by a page of another origin',
    async (_status, _title, ask, respond) => {
      if (respond !== undefined) answerTo = respond
      for (const origin of ['https://evil.example', 'null', 'https://phone.example.evil.example']) {
        always = [`Origin: ${origin}`]
        const reply = await ask()
        expect(count(reply, 'access-control-allow-origin')).toEqual([])
      }
    },
  )

  test.each(ANSWERS.filter(([status]) => status >= 400))(
    '%i: %s has a JSON body, not HTML',
    async (_status, _title, ask, respond) => {
      if (respond !== undefined) answerTo = respond
      const { headers, text } = await ask()
      expect(headers['content-type']).toMatch(/^application\/(problem\+)?json$/)
      expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toBeTypeOf('object')
    },
  )
})

describe('a page of an allowed origin', () => {
  const ORIGINS = [
    'https://phone.example',
    'https://phone.example:443',
    'HTTPS://Phone.Example',
    'http://x',
    'http://X:80',
  ]
  test.each(ORIGINS)('%s may read a file, in any spelling of its origin', async (origin) => {
    expect((await getFile([`Origin: ${origin}`])).headers).toMatchObject({
      'access-control-allow-origin': origin,
    })
    expect(isOpened(await send(`GET ${SUB}`, [SSE, `Origin: ${origin}`]))).toBe(true)
  })
  test.each([
    'null',
    'http://phone.example',
    'https://phone.example:8443',
    'https://phone.example.',
    'https://x:80',
    'http://x:81',
  ])('%s is not an allowed origin', async (origin) => {
    expect((await getFile([`Origin: ${origin}`])).headers).not.toHaveProperty('access-control-allow-origin')
    expect((await send(`GET ${SUB}`, [SSE, `Origin: ${origin}`])).status).toBe(403)
  })

  test.each(['/media/1001/a.wav', '/pbxcore/softphone/recordings/1001/a.wav', '/media/1001/none.wav'])(
    'may ask whether it may ask for %s, without a token',
    async (path) => {
      answerTo = () => undefined
      const ask = [
        'Access-Control-Request-Method: GET',
        'Access-Control-Request-Headers: authorization,range',
      ]
      const { status, headers, text } = await send(`OPTIONS ${path}`, [
        'Origin: https://phone.example',
        ...ask,
      ])
      expect([status, text.split('\r\n\r\n')[1]]).toEqual([204, ''])
      expect(headers).toMatchObject({
        'access-control-allow-origin': 'https://phone.example',
        'access-control-allow-methods': 'GET, HEAD',
        'access-control-allow-headers': expect.stringMatching(/^Authorization,.*, Range$/),
        vary: 'Origin',
      })
      expect(gateRequests).toEqual([])
      const foreign = await send(`OPTIONS ${path}`, ['Origin: https://evil.example', ...ask])
      expect(foreign.headers).not.toHaveProperty('access-control-allow-origin')
    },
  )

  test('can read which part of a file it got, and that a part does not exist', async () => {
    const origin = 'Origin: https://phone.example'
    const part = await getFile([origin, 'Range: bytes=4-7'])
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 4-7/${FILE.length}`])
    const none = await getFile([origin, 'Range: bytes=999-'])
    expect([none.status, none.headers['content-range']]).toEqual([416, `bytes */${FILE.length}`])
    const names = (none.text.split('\r\n\r\n')[0] ?? '').match(/^[\w-]+(?=: )/gm) ?? []
    expect(names.map((name) => name.toLowerCase()).sort()).toEqual(
      [...new Set(names.map((name) => name.toLowerCase()))].sort(),
    )
  })
})

describe('an error response of nginx itself has the format of the surface', () => {
  const SOFTPHONE = { success: false, error: 'Invalid request', timestamp: expect.any(Number) }
  const MIKOPBX = { result: false, data: {}, messages: { error: ['Invalid request'] } }
  const PROBLEM = { type: 'about:blank', title: 'Bad Request', status: 400, detail: expect.any(String) }
  test.each<[path: string, body: object]>([
    ['/pbxcore/api/module-softphone-backend/v1/%00', SOFTPHONE],
    ['/pbxcore/api/module-softphone-backend/v1/sub/%zz', SOFTPHONE],
    ['/pbxcore/api/v3/auth:login/%00', MIKOPBX],
    ['/api/login/%00', { error: 'Invalid request' }],
    ['/protected/%0', { error: 'Invalid request' }],
    ['/auth/%00', { detail: 'Invalid request' }],
    ['/sip/../../x', { detail: 'Invalid request' }],
    ['/api/leads/%00', { message: 'Invalid request' }],
    ['/api/v1/calls/%00', PROBLEM],
    ['/api/v1x/%00', { message: 'Invalid request' }],
    ['/media/1001/%00', PROBLEM],
    ['/%', PROBLEM],
    ['http://x/api/leads/%00', { message: 'Invalid request' }],
  ])('%s', async (path, body) => {
    const { status, text } = await send(`GET ${path}`)
    expect([status, JSON.parse(text.split('\r\n\r\n')[1] ?? '')]).toEqual([400, body])
  })

  test.each([
    [414, 'a long path', () => send(`GET /api/leads/${'x'.repeat(40_000)}`), { message: 'URI Too Long' }],
    [
      400,
      'a long header',
      () => send('GET /api/leads', [`X: ${'x'.repeat(40_000)}`]),
      { message: 'Invalid request' },
    ],
    [
      413,
      'a large body',
      () => send('POST /api/login', ['Content-Length: 99999999']),
      { error: 'Request too large' },
    ],
    [
      503,
      'the API that does not answer',
      () => send('GET /auth/gone'),
      { detail: 'Temporarily unavailable' },
    ],
    [
      400,
      'a request that the API cannot parse',
      () => send('GET /api/unreadable'),
      { message: 'Invalid request' },
    ],
    [405, 'another method', () => send('POST /ws', ['Content-Length: 0']), { error: 'Method Not Allowed' }],
  ] as const)('%i: %s', async (status, _, ask, body) => {
    const reply = await ask()
    expect([reply.status, JSON.parse(reply.text.split('\r\n\r\n')[1] ?? '')]).toEqual([status, body])
    if (status === 503) expect(reply.headers['retry-after']).toBe('2')
    if (status === 405) expect(reply.headers.allow).toBe('GET')
  })
})

describe('an endpoint for programs of this machine', () => {
  const LOCAL_ENDPOINTS = [
    'GET /_gate/health',
    'GET /_gate/ready',
    'GET /_gate/metrics',
    `POST ${API}/pub/users-state`,
  ] as const
  const under = (line: string, host: string) =>
    sendBytes(`${line} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)

  test.each(LOCAL_ENDPOINTS)('%s answers under an IP address and localhost', async (line) => {
    const names = [
      '127.0.0.1',
      '127.0.0.1:8099',
      '[::1]',
      '[::1]:8099',
      'localhost',
      'LOCALHOST:80',
      'localhost.',
    ]
    for (const host of names)
      expect([host, (await under(line, host)).status]).toEqual([host, expect.toBeOneOf([200, 204])])
  })

  // DNS rebinding: the browser sends requests to 127.0.0.1 under the page's host name, without Origin.
  test.each(LOCAL_ENDPOINTS)('%s is forbidden under any other host name', async (line) => {
    for (const host of [
      'evil.example',
      'evil.example:8099',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'evil-localhost',
      'x.localhost',
    ])
      expect([host, (await under(line, host)).status]).toEqual([host, 403])
    expect((await under(line, 'evil.example')).status).toBe(403)
    // The host in the request line overrides Host (RFC 9112 §3.2.2).
    const absolute = line.replace(' ', ' http://evil.example')
    expect((await under(absolute, '127.0.0.1')).status).toBe(403)
  })
})

describe('a GET of a channel is a stream if the client prefers events', () => {
  test.each([
    ['text/event-stream', true],
    ['TEXT/Event-Stream', true],
    ['text/event-stream, */*;q=0.1', true],
    ['application/json, text/event-stream', true],
    ['text/event-stream,application/json;q=0.9', true],
    ['application/json ; q=0.2 ,\ttext/event-stream ; q=0.25', true],
    ['text/event-stream;charset=utf-8;q=0.5, application/*;q=0.5', true],
    ['text/event-stream;q=1.000, application/json;q=0.999', true],
    ['text/*', true],
    ['', false],
    ['*/*', false],
    ['application/json', false],
    ['application/json, text/plain, */*', false],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', false],
    ['text/event-stream;q=0', false],
    ['text/event-stream;q=0.000, */*', false],
    ['application/json, text/event-stream;q=0.5', false],
    ['text/event-stream;Q=0.8, application/json;q=0.81', false],
    ['text/event-streams', false],
    ['x/text/event-stream', false],
  ])('%j: %s', async (accept, isStream) => {
    const { text } = await send(`GET ${SUB}`, accept === '' ? [] : [`Accept: ${accept}`])
    expect(text.includes(STREAM)).toBe(isStream)
    expect(text.includes('"from":"the api"')).toBe(!isStream)
  })
})
