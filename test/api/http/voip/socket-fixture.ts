import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ClientOptions, WebSocket } from 'ws'
import type { User } from '../../../../api/core/auth/users.ts'
import type { UserMessage } from '../../../../api/core/messaging/user-messages.ts'
import { createVoipSocket, type VoipSocketNeeds } from '../../../../api/http/voip/socket.ts'
import type { Claims } from '../../../../contract/claims.ts'
import { createMessageSource, createVoipFixture } from './fixture.ts'
import { tokenOf } from './sample-data.ts'

export type Frame = Record<string, unknown> & { type: string }

/** One socket of a client, with the frames that it received. */
export interface SocketClient {
  ws: WebSocket
  frames: Frame[]
  send(message: unknown): void
  /** The next unread frame of a type. */
  next(type: string): Promise<Frame>
  /** The close code; 1006 without one. */
  closed: Promise<number>
}

/** The socket behind a real HTTP server, and clients that connect over TCP. */
export async function startSocketFixture(difference: Partial<VoipSocketNeeds> = {}) {
  const world = createVoipFixture()
  const userMessages = createMessageSource()
  const peerSubscribers = new Set<(to: readonly string[], message: UserMessage) => void>()
  const tickets = new Map<string, Claims>()
  const voip = createVoipSocket({
    tokenVerifier: world.verifier,
    tickets: {
      async redeem(ticket) {
        const claims = tickets.get(ticket)
        tickets.delete(ticket)
        return claims
      },
    },
    allowedOrigins: ['https://phones.example.org'],
    calls: world.calls,
    statuses: world.statuses,
    peerMessages: {
      async send(to, message) {
        for (const listener of peerSubscribers) listener(to, message)
      },
      on(listener) {
        peerSubscribers.add(listener)
        return () => void peerSubscribers.delete(listener)
      },
    },
    directory: world.directory,
    userMessages,
    monotonic: world.monotonic,
    log: world.log,
    maxPerUser: 20,
    times: { checkIntervalMs: 20, closeTimeoutMs: 300 },
    ...difference,
  })
  const server = createServer().on('upgrade', voip.upgrade)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const open = new Set<WebSocket>()

  function connect(path: string, options: ClientOptions = {}, protocols: string[] = []): SocketClient {
    const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options)
    open.add(ws)
    const frames: Frame[] = []
    const unread: Frame[] = []
    let wake = () => {}
    const closed = new Promise<number>((resolve) => {
      ws.once('close', (code) => {
        resolve(code)
        wake()
      })
    })
    ws.on('error', () => {}) // `closed` resolves
    ws.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame // a test fails on anything but JSON
      frames.push(frame)
      unread.push(frame)
      wake()
    })
    return {
      ws,
      frames,
      closed,
      send: (message) => ws.send(typeof message === 'string' ? message : JSON.stringify(message)),
      async next(type) {
        for (;;) {
          const at = unread.findIndex((frame) => frame.type === type)
          if (at >= 0) return unread.splice(at, 1)[0] as Frame // there is one at `at`
          if (ws.readyState > WebSocket.OPEN) throw new Error(`closed while waiting for ${type}`)
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      },
    }
  }

  return {
    ...world,
    userMessages,
    tickets,
    voip,
    port,
    connect,
    /** Number of open TCP connections, closing sockets included. */
    connections: () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))),
    /** Opens a socket of a user and waits for the welcome. */
    async enter(user: User, token = tokenOf(user)): Promise<SocketClient> {
      const headers = { Authorization: `Bearer ${token}` }
      const client = connect(`/ws?extension=${user.extension}`, { headers })
      await client.next('welcome')
      return client
    },
    /** The status and body of the HTTP response to a refused upgrade. */
    refused(path: string, options: ClientOptions = {}, protocols: string[] = []) {
      return new Promise<{ status: number; error: string; referrerPolicy: unknown }>((resolve, reject) => {
        const { ws } = connect(path, options, protocols)
        ws.once('open', () => reject(new Error('the socket was opened')))
        ws.once('unexpected-response', (_, res) => {
          let text = ''
          res.on('data', (chunk) => (text += chunk))
          res.on('end', () =>
            resolve({
              status: res.statusCode ?? 0,
              error: JSON.parse(text).error,
              referrerPolicy: res.headers['referrer-policy'],
            }),
          )
        })
      })
    },
    async stop() {
      voip.close()
      for (const ws of open) ws.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Each test has its own server, as it ends sessions, floods it or advances its clock. */
export async function withSocketFixture(
  body: (world: Awaited<ReturnType<typeof startSocketFixture>>) => Promise<void>,
  difference: Parameters<typeof startSocketFixture>[0] = {},
) {
  const world = await startSocketFixture(difference)
  try {
    await body(world)
  } finally {
    await world.stop()
  }
}
