import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Claims } from '../../contract/claims.ts'
import { createLog } from '../../runtime/log.ts'
import { createHttpServer } from '../../sidecar/http-server.ts'
import { createStreams, type Streams } from '../../sidecar/streams.ts'
import { validClaims } from '../contract/mint-token.ts'

const ID = 'a1'.repeat(16)
const OTHER_ID = 'b2'.repeat(16)
/** Of the stream that is open when a test begins. */
const CONN = 'c3'.repeat(16)

let folder: string
let path: string
let server: Server
let streams: Streams
/** How often each function of the gate was called. */
let gateCalls: { media: number; channel: number }
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeEach(async () => {
  gateCalls = { media: 0, channel: 0 }
  streams = createStreams({
    instances: [{ cut: async () => 'cut', subscribers: async () => 1, incarnation: async () => '1' }],
    cutter: {
      cut: async () => {},
      stuckInstances: () => [],
      closed: () => {},
      requestRestart: () => {},
      markRestarted: () => {},
    },
    newCohort: () => 'd4'.repeat(16),
    monotonic: () => 0,
    maxStreams: 10,
    maxPerSession: 10,
    maxPerUser: 10,
    log: createLog('test', 'silent'),
  })
  streams.admit({ conn: CONN, instance: 1, claims: Claims.parse(validClaims(0)), isPrivate: false })
  const statuses = { good: 204, foreign: 403 } as const
  const statusFor = (credential = '') => statuses[credential as keyof typeof statuses] ?? 401 // else: no credential
  server = createHttpServer({
    gate: {
      checkMediaAccess({ authorization }) {
        gateCalls.media += 1
        return { status: statusFor(authorization), code: 'ok' }
      },
      checkChannelAccess({ authorization }) {
        gateCalls.channel += 1
        const answer = { status: statusFor(authorization), code: 'ok' } as const
        return authorization === 'late' ? sleep(20, { status: 204, code: 'ok' } as const) : answer
      },
    },
    streams,
    log: { info() {}, warn() {}, error() {} } as unknown as Parameters<typeof createHttpServer>[0]['log'], // what it calls
    revocationReader: { state: () => ({}) } as Parameters<typeof createHttpServer>[0]['revocationReader'],
    revocationAgeMs: () => 0,
    maxStalenessMs: 5_000,
    streamStalenessMs: 4_000,
    revocationCount: () => 0,
  })
  path = join(folder, 'sidecar.sock')
  await new Promise<void>((resolve) => server.listen(path, resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** A gate request as nginx sends it, with additional header lines. */
function gateRequest(target = '/check-media-access', lines: readonly string[] = []): string {
  const own = ['Host: gate', 'Authorization: good', `X-Hs-Request-Id: ${ID}`, 'X-Hs-Target: GET 1001/a.wav']
  return `GET ${target} HTTP/1.1\r\n${[...own, ...lines].join('\r\n')}\r\n\r\n`
}
const closing = `GET /stream-closed HTTP/1.1\r\nHost: gate\r\nX-Hs-Request-Id: ${CONN}\r\nX-Hs-Instance: 1\r\n\r\n`

interface Exchange {
  text: string
  statuses: number[]
  /** Whether the sidecar ended the connection. */
  isClosed: boolean
}

/** Writes each piece after a pause, and reads until the connection ends or nothing more arrives. */
function exchange(...pieces: readonly string[]): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect(path)
    let text = ''
    const done = (isClosed: boolean) => {
      clearTimeout(quiet)
      socket.destroy()
      const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
      resolve({ text, isClosed, statuses })
    }
    let quiet = setTimeout(done, 3_000, false)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      clearTimeout(quiet)
      quiet = setTimeout(done, 300, false)
    })
    socket.on('error', () => {})
    socket.on('close', () => done(true))
    const write = async () => {
      for (const piece of pieces) {
        socket.write(piece, 'latin1')
        await sleep(40)
      }
    }
    void write()
  })
}

describe('a gate request as nginx sends it', () => {
  test.each([
    ['/check-media-access', 'good', 204],
    ['/check-media-access', 'none', 401],
    ['/check-media-access', 'foreign', 403],
    ['/check-channel-access', 'good', 204],
    ['/check-channel-access', 'late', 204],
    ['/check-channel-access', 'none', 401],
    ['/check-channel-access', 'foreign', 403],
  ])(
    '%s with the credential "%s" is answered %i, twice on one connection',
    async (target, credential, status) => {
      const first = gateRequest(target).replace(': good', `: ${credential}`)
      const { text, statuses, isClosed } = await exchange(first, first.replace(ID, OTHER_ID))
      expect(statuses).toEqual([status, status])
      expect([...text.matchAll(/^X-Hs-Request-Id: (.*)\r$/gm)].map(([, id]) => id)).toEqual([ID, OTHER_ID])
      expect(text).not.toMatch(/^(connection|transfer-encoding):/im)
      expect(isClosed).toBe(false)
    },
  )

  test('and another in the same write are answered in order', async () => {
    const { text, statuses } = await exchange(
      gateRequest('/check-channel-access').replace(': good', ': late') + gateRequest().replace(ID, OTHER_ID),
    )
    expect(statuses).toEqual([204, 204])
    expect(text.indexOf(ID)).toBeLessThan(text.indexOf(OTHER_ID))
  })

  test('without a credential is valid', async () => {
    expect(await exchange(gateRequest().replace('Authorization: good\r\n', ''))).toMatchObject({
      statuses: [401],
      isClosed: false,
    })
  })

  test('that a stream has closed removes that stream', async () => {
    expect(await exchange(closing)).toMatchObject({ statuses: [204], isClosed: false })
    expect(streams.count()).toBe(0)
  })
})

/** Each is a valid gate request but for one defect. */
const INVALID: readonly (readonly [title: string, bytes: string])[] = [
  ['by POST', gateRequest().replace('GET ', 'POST ')],
  [
    'by POST with a body',
    `${gateRequest('/check-media-access', ['Content-Length: 5']).replace('GET ', 'POST ')}hello`,
  ],
  ['by HEAD', gateRequest().replace('GET ', 'HEAD ')],
  ['by DELETE', gateRequest().replace('GET ', 'DELETE ')],
  ['of HTTP/1.0', gateRequest().replace('HTTP/1.1', 'HTTP/1.0')],
  ['with an unknown header', gateRequest('/check-media-access', ['X-Hs-Conn: 1'])],
  ['with a cookie', gateRequest('/check-media-access', ['Cookie: a=1'])],
  ...['Host: gate', 'Authorization: good', `X-Hs-Request-Id: ${ID}`, 'X-Hs-Target: GET 1001/a.wav'].map(
    (line) => [`with ${line.split(':')[0]} twice`, gateRequest('/check-media-access', [line])] as const,
  ),
  ['with X-Hs-Query twice', gateRequest('/check-media-access', ['X-Hs-Query: a', 'X-Hs-Query: a'])],
  [
    'with X-Hs-Instance twice',
    gateRequest('/check-channel-access', ['X-Hs-Instance: 1', 'X-Hs-Instance: 1']),
  ],
  ...['Host', 'Authorization', 'X-Hs-Request-Id', 'X-Hs-Target'].flatMap((name) => [
    [`with ${name} in lower case`, gateRequest().replace(name, name.toLowerCase())] as const,
    [`with ${name} in upper case`, gateRequest().replace(name, name.toUpperCase())] as const,
  ]),
  ['without Host', gateRequest().replace('Host: gate\r\n', '')],
  ['with Content-Length: 0', gateRequest('/check-media-access', ['Content-Length: 0'])],
  ['with Content-Length: 5 and a body', `${gateRequest('/check-media-access', ['Content-Length: 5'])}hello`],
  ['with Content-Length: 5 and no body', gateRequest('/check-media-access', ['Content-Length: 5'])],
  ['with a chunked body', `${gateRequest('/check-media-access', ['Transfer-Encoding: chunked'])}0\r\n\r\n`],
  ['with a chunked body to come', gateRequest('/check-media-access', ['Transfer-Encoding: chunked'])],
  ['with Expect: 100-continue', gateRequest('/check-media-access', ['Expect: 100-continue'])],
  ['with Expect: 200-ok', gateRequest('/check-media-access', ['Expect: 200-ok'])],
  ['with Upgrade', gateRequest('/check-media-access', ['Upgrade: websocket'])],
  [
    'with Upgrade and Connection',
    gateRequest('/check-media-access', ['Connection: upgrade', 'Upgrade: h2c']),
  ],
  ['with Connection: keep-alive', gateRequest('/check-media-access', ['Connection: keep-alive'])],
  ['with Connection: close', gateRequest('/check-media-access', ['Connection: close'])],
  ['with Keep-Alive', gateRequest('/check-media-access', ['Keep-Alive: timeout=5'])],
  ['with TE', gateRequest('/check-media-access', ['TE: trailers'])],
  ['without a request id', gateRequest().replace(`X-Hs-Request-Id: ${ID}\r\n`, '')],
  ['with an empty request id', gateRequest().replace(ID, '')],
  ['with a request id in upper case', gateRequest().replace(ID, ID.toUpperCase())],
  ['with a request id of 31 characters', gateRequest().replace(ID, ID.slice(1))],
  ['with a request id of 33 characters', gateRequest().replace(ID, `${ID}0`)],
  ['with two request ids in one line', gateRequest().replace(ID, `${ID}, ${ID}`)],
  ['with a request id of other letters', gateRequest().replace(ID, 'g'.repeat(32))],
  ['that is no HTTP', 'hello\r\n\r\n'],
  ...['/check-channel-access', '/stream-opened', '/stream-closed'].flatMap((target) => [
    [`by POST for ${target}`, gateRequest(target).replace('GET ', 'POST ').replace(ID, CONN)] as const,
    [
      `with a body for ${target}`,
      `${gateRequest(target, ['Content-Length: 5']).replace(ID, CONN)}hello`,
    ] as const,
  ]),
  ['of a health check with a body', 'GET /health HTTP/1.1\r\nHost: gate\r\nContent-Length: 5\r\n\r\nhello'],
  ['of a health check with an empty body', 'GET /health HTTP/1.1\r\nHost: gate\r\nContent-Length: 0\r\n\r\n'],
  [
    'of a health check, chunked',
    'GET /health HTTP/1.1\r\nHost: gate\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['of a health check with Expect', 'GET /health HTTP/1.1\r\nHost: gate\r\nExpect: 100-continue\r\n\r\n'],
  ['of a health check with Upgrade', 'GET /health HTTP/1.1\r\nHost: gate\r\nUpgrade: h2c\r\n\r\n'],
  ['of a health check without Host', 'GET /health HTTP/1.1\r\n\r\n'],
]

describe('a request that is not a valid gate request', () => {
  describe.each(INVALID)('%s', (_, bytes) => {
    test.each([
      ['in the same write', [bytes + closing + gateRequest()]],
      ['in a later write', [bytes, closing + gateRequest()]],
    ])('is answered 400, and what follows %s has no effect', async (_how, pieces) => {
      const { text, statuses, isClosed } = await exchange(...pieces)
      // A later write to the closing connection resets it: then the kernel drops an answer that was not read yet.
      const isReset = statuses.length === 0 && pieces.length > 1
      if (!isReset) {
        expect(statuses).toEqual([400])
        expect(text).toMatch(/^connection: close\r$/im)
      }
      expect({ isClosed, count: streams.count(), gateCalls }).toEqual({
        isClosed: true,
        count: 1,
        gateCalls: { media: 0, channel: 0 },
      })
    })

    test('after a gate request closes the connection, and what follows has no effect', async () => {
      const { statuses, isClosed } = await exchange(gateRequest() + bytes + closing)
      expect(statuses[0]).toBe(204)
      expect({ isClosed, count: streams.count(), gateCalls }).toEqual({
        isClosed: true,
        count: 1,
        gateCalls: { media: 1, channel: 0 },
      })
    })
  })

  test('by CONNECT is not answered, and what follows has no effect', async () => {
    const { text, isClosed } = await exchange(gateRequest().replace('GET ', 'CONNECT ') + closing)
    expect({ text, isClosed, count: streams.count() }).toEqual({ text: '', isClosed: true, count: 1 })
  })

  test('after a gate request that waits for Redis ends the connection, and what follows has no effect', async () => {
    const late = gateRequest('/check-channel-access').replace(': good', ': late')
    const { statuses, isClosed } = await exchange(late + gateRequest().replace('GET ', 'POST ') + closing)
    expect(statuses).not.toContain(204)
    expect({ isClosed, count: streams.count() }).toEqual({ isClosed: true, count: 1 })
  })

  test('is counted in the metrics', async () => {
    await exchange(gateRequest().replace('GET ', 'POST '))
    const { text } = await exchange('GET /metrics HTTP/1.1\r\nHost: gate\r\n\r\n')
    expect(text).toMatch(/^hookswitch_verdicts_total\{code="refused"\} 1$/m)
  })
})

test.each([
  ['/health', 200],
  ['/ready', 200],
  ['/instances/1', 204],
  ['/check-media-access/', 404],
  ['/check-media-access?a=1', 404],
  ['//stream-closed', 404],
  ['http://gate/stream-closed', 404],
  ['/', 404],
])('%s is not a gate request and is answered %i', async (target, status) => {
  const { statuses } = await exchange(`GET ${target} HTTP/1.1\r\nHost: gate\r\n\r\n`)
  expect(statuses).toEqual([status])
  expect(streams.count()).toBe(1)
})
