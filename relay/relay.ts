import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { EndReason } from '../contract/stream-instances.ts'
import type { Logger } from '../runtime/log.ts'
import { createBudget } from './byte-budget.ts'
import { type Following, follow, type StreamHeaders } from './event-source.ts'

export interface RelayNeeds {
  /** Where the instance takes streams. */
  instanceSocket: string
  /** Why the stream of a request was cut; undefined when it was not, or cannot be known. */
  whyCut(requestId: string): Promise<EndReason | undefined>
  /** A clock that never jumps, in ms. */
  monotonic(): number
  log: Logger
  /** How often a client is pinged, in ms; one that has not answered by the next ping is dropped. */
  pingMs?: number
  /** How long a client may be far behind before it is dropped, in ms. */
  catchesUpWithinMs?: number
}

export interface Relay {
  server: Server
  /** Takes no more streams, and closes those there are: their clients connect again. */
  leave(): Promise<void>
}

/** What a follower has to send: answers to pings, and its own keep-alive. */
const BUDGET = { burst: 4_096, perSecond: 128 }
/** In bytes: a message of a client has no meaning here. */
const MAX_MESSAGE = 1_024
/** While a client is behind by more than this, in bytes, nothing more is read for it. */
const MOST_BEHIND = 256 * 1_024
/** A client that has not caught up within this is dropped, in ms. */
const CATCHES_UP_WITHIN_MS = 10_000
/** If more clients than this are behind at once, each by one message more at the most, the one that is for longest ... */
const MOST_CLIENTS_BEHIND = 200
/** ... makes room, if it is for this long, in ms: a large message leaves each client behind for a moment. */
const A_MOMENT_MS = 1_000
const PING_MS = 20_000
/** A client that does not answer the close frame is dropped after this, in ms. */
const CLOSES_WITHIN_MS = 500

/**
 * Close codes (RFC 6455 §7.4). 4401 and 1008 make the module's client sign in again; 1012 is a registered code for
 * "the service restarts": the client comes back with the token it has.
 */
const CLOSE = {
  signed_out: [4401, 'the session has ended, or its token has expired'],
  replaced: [4429, 'newer streams of this account took its place'],
  away: [1012, 'the stream was interrupted: connect again'],
  tooMuch: [1008, 'a stream takes no messages'],
} as const

/**
 * Speaks WebSocket to clients and EventSource to one instance of Nchan. Nchan reads a connection until it is empty, so
 * that a client that floods it holds up all others; here each client has a budget. The front has judged the request.
 */
export function createRelay(needs: RelayNeeds): Relay {
  const { instanceSocket, whyCut, monotonic, log, pingMs = PING_MS } = needs
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
    maxFragments: 16,
  })
  const open = new Set<WebSocket>()
  /** What drops a client that is behind; the one that is for longest comes first. */
  const behind = new Map<() => void, { since: number; timer: NodeJS.Timeout }>()
  const server = createServer({ requestTimeout: 0 }, (req, res) => {
    const isLife = req.url === '/health' || req.url === '/ready'
    res.writeHead(isLife ? 200 : 404, { 'Content-Length': '0' }).end()
  })
  handshakes.on('wsClientError', (_, socket) => refuse(socket, 400))
  server.on('upgrade', (req, socket, head) => {
    socket.on('error', () => {})
    const stream = readStream(req)
    if (stream === undefined) return refuse(socket, 503)
    const clientLeft = new AbortController()
    const leave = () => clientLeft.abort()
    socket.once('close', leave)
    follow(instanceSocket, stream, clientLeft.signal).then(
      (following) => {
        socket.off('close', leave)
        if (socket.destroyed) return following.stop()
        socket.once('close', following.stop)
        handshakes.handleUpgrade(req, socket, head, (client) => join(client, socket, following, stream))
      },
      (err) => {
        if (clientLeft.signal.aborted) return
        log.warn({ event: 'stream_refused', err }, 'the instance took no stream')
        refuse(socket, 503)
      },
    )
  })

  function join(client: WebSocket, socket: Duplex, following: Following, { requestId }: StreamHeaders) {
    const allows = createBudget(BUDGET, monotonic)
    let isAlive = true
    open.add(client)
    client.on('close', () => open.delete(client))
    // Counted as bytes, before they are read as frames: what a frame costs to read is the client's choice.
    socket.on('data', (chunk: Buffer) => {
      if (allows(chunk.length)) return
      if (client.readyState !== client.OPEN) return client.terminate()
      log.warn({ event: 'stream_flooded' }, 'a client sends more than a stream takes: dropping it')
      close(client, CLOSE.tooMuch)
      socket.pause()
    })
    client.on('error', () => {}) // such as a frame that is malformed; ws closes it
    client.on('pong', () => {
      isAlive = true
    })
    const ping = setInterval(() => {
      if (!isAlive) return client.terminate()
      isAlive = false
      client.ping()
    }, pingMs)
    const drop = () => {
      log.info({ event: 'stream_behind' }, 'a client does not take its messages: dropping it')
      client.terminate()
    }
    const isNoMoreBehind = () => {
      clearTimeout(behind.get(drop)?.timer)
      behind.delete(drop)
    }
    socket.on('drain', () => {
      isNoMoreBehind()
      following.resume()
    })
    socket.once('close', () => {
      clearInterval(ping)
      isNoMoreBehind()
    })

    following.read(
      (message) => {
        if (client.readyState !== client.OPEN) return
        client.send(message, { binary: false })
        if (behind.has(drop) || client.bufferedAmount <= MOST_BEHIND) return
        following.pause()
        const now = monotonic()
        const [longest] = behind
        if (
          longest !== undefined &&
          behind.size >= MOST_CLIENTS_BEHIND &&
          now - longest[1].since > A_MOMENT_MS
        ) {
          longest[0]()
        }
        const timer = setTimeout(drop, needs.catchesUpWithinMs ?? CATCHES_UP_WITHIN_MS)
        behind.set(drop, { since: now, timer })
      },
      () => {
        if (client.readyState !== client.OPEN) return
        whyCut(requestId).then(
          (why) => close(client, CLOSE[why ?? 'away']),
          () => close(client, CLOSE.away),
        )
      },
    )
  }

  return {
    server,
    async leave() {
      server.close()
      const ends = [...open].map((client) => new Promise((resolve) => client.once('close', resolve)))
      for (const client of open) close(client, CLOSE.away)
      await Promise.all(ends)
    },
  }
}

function close(client: WebSocket, [code, reason]: readonly [number, string]) {
  client.close(code, reason)
  setTimeout(() => client.terminate(), CLOSES_WITHIN_MS).unref()
}

/** What the front names of a stream that it has judged; undefined where it granted none. */
function readStream({ url, headers }: IncomingMessage): StreamHeaders | undefined {
  const [requestId, gate, channel] = ['x-hs-request-id', 'x-hs-gate', 'x-hs-channel'].map(
    (name) => headers[name],
  )
  return url === '/subscribe' && isText(requestId) && isText(gate) && isText(channel)
    ? { requestId, gate, channel }
    : undefined
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function refuse(socket: Duplex, status: 400 | 503) {
  socket.end(
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Service Unavailable'}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}
