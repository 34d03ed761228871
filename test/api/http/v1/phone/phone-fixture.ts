import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws'
import type { User } from '../../../../../api/core/auth/users.ts'
import { createPhoneSocket, type PhoneSocketNeeds } from '../../../../../api/http/v1/phone/phone-socket.ts'
import type { Claims } from '../../../../../contract/claims.ts'
import { createListeners } from '../../../../../runtime/listeners.ts'
import { createVoipFixture } from '../../voip/fixture.ts'
import { tokenOf } from '../../voip/sample-data.ts'

/** Collects what a socket receives. */
export function recorder(ws: WebSocket) {
  const frames: string[] = []
  let wake = () => {}
  const closed = new Promise<number>((resolve) => {
    ws.once('close', (code) => {
      resolve(code)
      wake()
    })
  })
  ws.on('error', () => {}) // `closed` resolves
  ws.on('message', (data) => {
    frames.push(String(data))
    wake()
  })
  return {
    ws,
    frames,
    /** The close code; 1006 without one. */
    closed,
    /** The first frame that holds a text. */
    async next(text: string): Promise<string> {
      for (;;) {
        const frame = frames.find((one) => one.includes(text))
        if (frame !== undefined) return frame
        if (ws.readyState > WebSocket.OPEN) throw new Error(`closed while waiting for ${text}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
export type Recorder = ReturnType<typeof recorder>

/** A PBX that records what it gets. */
export async function startFakePbx() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'sip' })
  const phones: Recorder[] = []
  const handshakes: IncomingMessage[] = []
  server.on('connection', (ws, req) => {
    handshakes.push(req)
    phones.push(recorder(ws))
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  return {
    url: `ws://127.0.0.1:${port}/ws`,
    /** One for each browser, in the order in which they came. */
    phones,
    handshakes,
    stop() {
      for (const ws of server.clients) ws.terminate()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The phone's socket behind a real HTTP server, with a PBX behind it. */
export async function startPhoneFixture(difference: Partial<PhoneSocketNeeds> = {}) {
  const world = createVoipFixture()
  const pbx = await startFakePbx()
  const tickets = new Map<string, Claims>()
  const renewals = createListeners<[{ sessionId: string; until: number }]>(() => {})
  const phone = createPhoneSocket({
    tokenVerifier: world.verifier,
    tickets: {
      async redeem(ticket) {
        const claims = tickets.get(ticket)
        tickets.delete(ticket)
        return claims
      },
    },
    allowedOrigins: ['https://phones.example.org'],
    upstreamUrl: pbx.url,
    webEndpointOf: (extension) => `${extension}-web`,
    isPhone: (user) => /^\d{4}(?:-web)?$/.test(user),
    browserCalls: { hasAny: () => false, end: async () => {} },
    onStreamRenewal: renewals.add,
    monotonic: world.monotonic,
    log: world.log,
    times: { checkIntervalMs: 20, closeTimeoutMs: 300 },
    ...difference,
  })
  const server = createServer().on('upgrade', phone.upgrade)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const open = new Set<WebSocket>()

  function connect(
    path = '/api/v1/phone/socket',
    options: ClientOptions = {},
    protocols: string[] = ['sip'],
  ): Recorder {
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options)
    open.add(ws)
    return recorder(ws)
  }
  /** Opens the socket of a user. */
  async function enter(user: User, token = tokenOf(user), options: ClientOptions = {}) {
    const client = connect(undefined, { ...options, headers: { Authorization: `Bearer ${token}` } })
    await new Promise((resolve, reject) => client.ws.once('open', resolve).once('error', reject))
    return client
  }

  return {
    ...world,
    ...{ pbx, phone, tickets, renewals, port, connect, enter },
    /** The status and body of the HTTP response to a refused upgrade. */
    refused(...request: Parameters<typeof connect>) {
      return new Promise<{ status: number; type: unknown; body: unknown }>((resolve, reject) => {
        const { ws } = connect(...request)
        ws.once('open', () => reject(new Error('the socket was opened')))
        ws.once('unexpected-response', (_, res) => {
          let text = ''
          res.on('data', (chunk) => (text += chunk))
          res.on('end', () =>
            resolve({
              status: res.statusCode ?? 0,
              type: res.headers['content-type'],
              body: JSON.parse(text),
            }),
          )
        })
      })
    },
    async stop() {
      phone.close()
      for (const ws of open) ws.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pbx.stop()
    },
  }
}
export type PhoneWorld = Awaited<ReturnType<typeof startPhoneFixture>>

/** Each test has its own server, as it ends sessions, floods it or advances its clock. */
export async function withPhoneFixture(
  body: (world: PhoneWorld) => Promise<void>,
  difference: Partial<PhoneSocketNeeds> = {},
): Promise<void> {
  const world = await startPhoneFixture(difference)
  try {
    await body(world)
  } finally {
    await world.stop()
  }
}
