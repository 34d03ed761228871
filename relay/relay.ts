import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { StreamEndReason } from '../contract/stream-instances.ts'
import type { Logger } from '../runtime/log.ts'
import { createByteBudget } from './byte-budget.ts'
import { type EventSourceStream, openEventSource, type StreamHeaders } from './event-source.ts'

export interface RelayNeeds {
  /** Where the instance takes streams. */
  instanceSocket: string
  /** Why the stream of a request was cut; undefined when it was not, or cannot be known. */
  endReasonOf(requestId: string): Promise<StreamEndReason | undefined>
  /** A clock that never jumps, in ms. */
  monotonic(): number
  log: Logger
  /** How often a client is pinged, in ms; one that has not answered by the next ping is dropped. */
  pingIntervalMs?: number
  /** How long a client may be far behind before it is dropped, in ms. */
  catchUpTimeoutMs?: number
}

export interface Relay {
  server: Server
  /** Takes no more streams, and closes those there are: their clients connect again. */
  shutDown(): Promise<void>
}

/** What a follower has to send: answers to pings, and its own keep-alive. */
const CLIENT_BUDGET = { burst: 4_096, perSecond: 128 }
/** In bytes: a message of a client has no meaning here. */
const MAX_MESSAGE_BYTES = 1_024
/** While a client is behind by more than this, in bytes, nothing more is read for it. */
const MAX_BUFFERED_BYTES = 256 * 1_024
/** A client that has not caught up within this is dropped, in ms. */
const CATCH_UP_TIMEOUT_MS = 10_000
/** If more clients than this are behind at once, each by one message more at the most, the one that is for longest ... */
const MAX_SLOW_CLIENTS = 200
/** ... makes room, if it is for this long, in ms: a large message leaves each client behind for a moment. */
const MIN_SLOW_MS = 1_000
const PING_INTERVAL_MS = 20_000
/** A client that does not answer the close frame is dropped after this, in ms. */
const CLOSE_TIMEOUT_MS = 500

/**
 * Close codes (RFC 6455 §7.4). 4401 and 1008 make the module's client sign in again; 1012 is a registered code for
 * "the service restarts": the client comes back with the token it has.
 */
const CLOSE_CODES = {
  signed_out: [4401, 'the session has ended, or its token has expired'],
  replaced: [4429, 'newer streams of this account took its place'],
  interrupted: [1012, 'the stream was interrupted: connect again'],
  flooded: [1008, 'a stream takes no messages'],
} as const

/**
 * Speaks WebSocket to clients and EventSource to one instance of Nchan. Nchan reads a connection until it is empty, so
 * that a client that floods it holds up all others; here each client has a budget. The front has judged the request.
 */
export function createRelay(needs: RelayNeeds): Relay {
  const { instanceSocket, endReasonOf, monotonic, log, pingIntervalMs = PING_INTERVAL_MS } = needs
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    maxFragments: 16,
  })
  const clients = new Set<WebSocket>()
  /** What drops a client that is behind; the one that is for longest comes first. */
  const slowClients = new Map<() => void, { since: number; timer: NodeJS.Timeout }>()
  const server = createServer({ requestTimeout: 0 }, (req, res) => {
    const isHealthCheck = req.url === '/health' || req.url === '/ready'
    res.writeHead(isHealthCheck ? 200 : 404, { 'Content-Length': '0' }).end()
  })
  handshakes.on('wsClientError', (_, socket) => rejectUpgrade(socket, 400))
  server.on('upgrade', (req, socket, head) => {
    socket.on('error', () => {})
    const stream = readStreamHeaders(req)
    if (stream === undefined) return rejectUpgrade(socket, 503)
    const clientClosed = new AbortController()
    const abort = () => clientClosed.abort()
    socket.once('close', abort)
    openEventSource(instanceSocket, stream, clientClosed.signal).then(
      (following) => {
        socket.off('close', abort)
        if (socket.destroyed) return following.close()
        socket.once('close', following.close)
        handshakes.handleUpgrade(req, socket, head, (client) => serve(client, socket, following, stream))
      },
      (err) => {
        if (clientClosed.signal.aborted) return
        log.warn({ event: 'stream_refused', err }, 'the instance took no stream')
        rejectUpgrade(socket, 503)
      },
    )
  })

  function serve(
    client: WebSocket,
    socket: Duplex,
    eventSource: EventSourceStream,
    { requestId }: StreamHeaders,
  ) {
    const isWithinBudget = createByteBudget(CLIENT_BUDGET, monotonic)
    let isAlive = true
    clients.add(client)
    client.on('close', () => clients.delete(client))
    // Counted as bytes, before they are read as frames: what a frame costs to read is the client's choice.
    socket.on('data', (chunk: Buffer) => {
      if (isWithinBudget(chunk.length)) return
      if (client.readyState !== client.OPEN) return client.terminate()
      log.warn({ event: 'stream_flooded' }, 'a client sends more than a stream takes: dropping it')
      close(client, CLOSE_CODES.flooded)
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
    }, pingIntervalMs)
    const dropClient = () => {
      log.info({ event: 'stream_behind' }, 'a client does not take its messages: dropping it')
      client.terminate()
    }
    const markCaughtUp = () => {
      clearTimeout(slowClients.get(dropClient)?.timer)
      slowClients.delete(dropClient)
    }
    socket.on('drain', () => {
      markCaughtUp()
      eventSource.resume()
    })
    socket.once('close', () => {
      clearInterval(ping)
      markCaughtUp()
    })

    eventSource.read(
      (message) => {
        if (client.readyState !== client.OPEN) return
        client.send(message, { binary: false })
        if (slowClients.has(dropClient) || client.bufferedAmount <= MAX_BUFFERED_BYTES) return
        eventSource.pause()
        const now = monotonic()
        const [slowest] = slowClients
        if (
          slowest !== undefined &&
          slowClients.size >= MAX_SLOW_CLIENTS &&
          now - slowest[1].since > MIN_SLOW_MS
        ) {
          slowest[0]()
        }
        const timer = setTimeout(dropClient, needs.catchUpTimeoutMs ?? CATCH_UP_TIMEOUT_MS)
        slowClients.set(dropClient, { since: now, timer })
      },
      () => {
        if (client.readyState !== client.OPEN) return
        endReasonOf(requestId).then(
          (reason) => close(client, CLOSE_CODES[reason ?? 'interrupted']),
          () => close(client, CLOSE_CODES.interrupted),
        )
      },
    )
  }

  return {
    server,
    async shutDown() {
      server.close()
      const ends = [...clients].map((client) => new Promise((resolve) => client.once('close', resolve)))
      for (const client of clients) close(client, CLOSE_CODES.interrupted)
      await Promise.all(ends)
    },
  }
}

function close(client: WebSocket, [code, reason]: readonly [number, string]) {
  client.close(code, reason)
  setTimeout(() => client.terminate(), CLOSE_TIMEOUT_MS).unref()
}

/** What the front names of a stream that it has judged; undefined where it granted none. */
function readStreamHeaders({ url, headers }: IncomingMessage): StreamHeaders | undefined {
  const [requestId, cohort, channel] = ['x-hs-request-id', 'x-hs-cohort', 'x-hs-channel'].map(
    (name) => headers[name],
  )
  return url === '/subscribe' &&
    isNonEmptyString(requestId) &&
    isNonEmptyString(cohort) &&
    isNonEmptyString(channel)
    ? { requestId, cohort, channel }
    : undefined
}

const isNonEmptyString = (value: unknown): value is string => typeof value === 'string' && value !== ''

function rejectUpgrade(socket: Duplex, status: 400 | 503) {
  socket.end(
    `HTTP/1.1 ${status} ${status === 400 ? 'Bad Request' : 'Service Unavailable'}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  )
}
