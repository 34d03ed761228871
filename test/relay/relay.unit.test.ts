import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { StreamEndReason } from '../../contract/stream-end.ts'
import { createRelay, type Relay } from '../../relay/relay.ts'
import { createLog } from '../../runtime/log.ts'
import { listenOn } from '../../runtime/unix-socket.ts'

/** Simulates an instance of Nchan; each test decides how it answers. */
let instance: Server
let relay: Relay
/** A relay that sends no ping during a test. */
let withoutPings: Relay
const folder = mkdtempSync(join(tmpdir(), 'hs-relay-'))
const sockets = {
  instance: join(folder, 'stream-1.sock'),
  relay: join(folder, 'relay-1.sock'),
  withoutPings: join(folder, 'relay-2.sock'),
}
const CONN = 'c'.repeat(32)
const GRANTED = {
  'X-Hs-Request-Id': CONN,
  'X-Hs-Cohort': 'a'.repeat(32),
  'X-Hs-Channel': 'state/users-state',
}

let requests: IncomingMessage[] = []
let responses: ServerResponse[] = []
let [status, reason] = [200, undefined as StreamEndReason | undefined]

const needs = () => ({
  instanceSocket: sockets.instance,
  endReasonOf: async () => reason,
  monotonic: () => performance.now(),
  log: createLog('relay', 'silent'),
  catchUpTimeoutMs: 300,
})

beforeAll(async () => {
  instance = createServer((req, res) => {
    requests.push(req)
    responses.push(res)
    if (status === 200) res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': hi\n\n')
    else if (status > 0) res.writeHead(status).end()
  })
  relay = createRelay({ ...needs(), pingIntervalMs: 500 })
  withoutPings = createRelay({ ...needs(), pingIntervalMs: 3_600_000 })
  await listenOn(instance, sockets.instance)
  await listenOn(relay.server, sockets.relay)
  await listenOn(withoutPings.server, sockets.withoutPings)
})
const clients: WebSocket[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.terminate()
  for (const answer of responses) answer.destroy()
  ;[requests, responses, status, reason] = [[], [], 200, undefined]
})
afterAll(() => {
  instance.close()
  relay.server.close()
  withoutPings.server.close()
  rmSync(folder, { recursive: true })
})

function connect(headers: Record<string, string> = GRANTED, options = {}, socket = sockets.relay) {
  const client = new WebSocket(`ws+unix://${socket}:/subscribe`, { headers, ...options })
  clients.push(client)
  const seen = { messages: [] as string[], status: 0, code: 0 }
  client.on('message', (data) => seen.messages.push(String(data)))
  client.on('unexpected-response', (_, res) => {
    seen.status = res.statusCode ?? 0
  })
  client.on('close', (code) => {
    seen.code = code
  })
  client.on('error', () => {})
  return { client, seen }
}
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2))
}
async function opened(options = {}, socket = sockets.relay) {
  const { client, seen } = connect(GRANTED, options, socket)
  await until(() => client.readyState === WebSocket.OPEN)
  const [answer] = responses.slice(-1)
  if (answer === undefined) throw new Error('the instance got no request')
  return { client, seen, answer }
}

describe('a handshake', () => {
  test('that the front has granted opens an EventSource at the instance, without headers of the client', async () => {
    await opened({ headers: { ...GRANTED, Cookie: 'secret=1', Authorization: 'Bearer x' } })
    expect(requests.map(({ url, headers }) => ({ url, ...headers }))).toEqual([
      {
        url: '/subscribe-relay',
        host: 'stream',
        accept: 'text/event-stream',
        connection: 'close',
        'x-hs-request-id': CONN,
        'x-hs-cohort': 'a'.repeat(32),
        'x-hs-channel': 'state/users-state',
      },
    ])
  })

  test.each(['X-Hs-Request-Id', 'X-Hs-Cohort', 'X-Hs-Channel'])(
    'without %s is refused without a request to the instance',
    async (name) => {
      const { seen } = connect({ ...GRANTED, [name]: '' })
      await until(() => seen.status !== 0)
      expect([seen.status, requests.length]).toEqual([503, 0])
    },
  )

  test('is refused when the instance refuses', async () => {
    status = 503
    const { seen } = connect()
    await until(() => seen.status !== 0)
    expect(seen.status).toBe(503)
  })

  test('of a client that leaves at once ends the request to the instance', async () => {
    status = 0
    const { client } = connect()
    await until(() => requests.length === 1)
    client.terminate()
    await until(() => requests[0]?.socket.destroyed === true)
  })

  test('gets no extension, whatever the client offers', async () => {
    const { client } = await opened({ perMessageDeflate: true })
    expect(client.extensions).toBe('')
  })
})

test('a message arrives as it was published', async () => {
  const { seen, answer } = await opened()
  answer.write('id: 1:0\ndata: {"states":\ndata: "Jürgen 👋"}\n\n')
  await until(() => seen.messages.length === 1)
  expect(seen.messages).toEqual(['{"states":\n"Jürgen 👋"}'])
})

describe('the end of a stream', () => {
  test.each([
    ['its session has ended', 'signed_out', 4401],
    ['newer streams took its place', 'replaced', 4429],
    ['the reason is unknown', undefined, 1012],
  ] as const)('closes the WebSocket with the code for the reason: %s', async (_, why, code) => {
    const { seen, answer } = await opened()
    reason = why
    answer.end()
    await until(() => seen.code !== 0)
    expect(seen.code).toBe(code)
  })

  test('by a broken connection closes the WebSocket, too', async () => {
    const { seen, answer } = await opened()
    answer.socket?.destroy()
    await until(() => seen.code !== 0)
    expect(seen.code).toBe(1012)
  })

  test('does not wait for a client that leaves the close frame unanswered', async () => {
    const { client, answer } = await opened()
    client.pause()
    answer.end()
    await until(() => answer.socket === null || answer.destroyed)
    const { connections } = await new Promise<{ connections: number }>((resolve) =>
      setTimeout(() => relay.server.getConnections((_, connections) => resolve({ connections })), 1_500),
    )
    expect(connections).toBe(0)
  })

  test('by the client ends the stream at the instance', async () => {
    const { client, answer } = await opened()
    client.close()
    await until(() => answer.destroyed)
  })
})

describe('a client', () => {
  test('that answers no ping is dropped', async () => {
    const { seen, answer } = await opened({ autoPong: false })
    await until(() => answer.destroyed)
    await until(() => seen.code !== 0)
    expect(seen.code).toBe(1006)
  })

  test('that answers each ping stays', async () => {
    const { client, seen } = await opened()
    let pings = 0
    client.on('ping', () => {
      pings += 1
    })
    await until(() => pings >= 3)
    expect(seen.code).toBe(0)
  })

  test('that stays behind is dropped', async () => {
    const { client, answer } = await opened({}, sockets.withoutPings)
    client.pause()
    const message = `data: ${'x'.repeat(100_000)}\n\n`
    for (let n = 0; n < 60 && !answer.destroyed; n += 1) {
      answer.write(message)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await until(() => answer.destroyed)
  })

  test('that reads again in time misses nothing', async () => {
    const { client, seen, answer } = await opened({}, sockets.withoutPings)
    client.pause()
    for (let n = 0; n < 30; n += 1) answer.write(`data: ${n} ${'x'.repeat(100_000)}\n\n`)
    await new Promise((resolve) => setTimeout(resolve, 100))
    client.resume()
    await until(() => seen.messages.length === 30)
    expect(seen.messages.map((text) => Number.parseInt(text, 10))).toEqual([...Array(30).keys()])
  })

  test('that sends more than its rate limit is dropped', async () => {
    const { client, seen, answer } = await opened()
    for (let n = 0; n < 50; n += 1) client.send('x'.repeat(100))
    await until(() => answer.destroyed && seen.code !== 0)
    expect([1006, 1008]).toContain(seen.code)
  })
})

test('shutDown closes the streams, so that clients connect again, and does not wait for a silent client', async () => {
  const leaving = createRelay({ ...needs(), pingIntervalMs: 3_600_000 })
  const socket = join(folder, 'relay-3.sock')
  await listenOn(leaving.server, socket)
  const [responsive, silent] = [await opened({}, socket), await opened({}, socket)]
  silent.client.pause()
  await leaving.shutDown()
  await until(() => responsive.seen.code !== 0)
  expect(responsive.seen.code).toBe(1012)
  await until(() => silent.answer.destroyed && responsive.answer.destroyed)
})

test('a handshake for another path is refused', async () => {
  const status = await new Promise((resolve) => {
    const socket = new WebSocket(`ws+unix://${sockets.relay}:/other`, { headers: GRANTED })
    socket.on('unexpected-response', (_, res) => resolve(res.statusCode))
    socket.on('error', () => {})
  })
  expect([status, requests.length]).toEqual([503, 0])
})
