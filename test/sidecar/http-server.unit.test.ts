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
import { CONN, closing, gateRequest, ID, INVALID_GATE_REQUESTS, OTHER_ID } from './gate-requests.ts'

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
      checkMetricsAccess: ({ authorization }) => ({ status: statusFor(authorization), code: 'ok' }),
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

describe('a request that is not a valid gate request', () => {
  describe.each(INVALID_GATE_REQUESTS)('%s', (_, bytes) => {
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
