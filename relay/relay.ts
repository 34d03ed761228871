import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { StreamEndReason } from '../contract/stream-end.ts'
import type { Logger } from '../runtime/log.ts'
import { createTokenBucket } from '../runtime/token-bucket.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { type EventSourceStream, openEventSource, type StreamHeaders } from './event-source.ts'
import { createSlowClients } from './slow-clients.ts'

export interface RelayNeeds {
  /** The socket on which the instance accepts streams. */
  instanceSocket: string
  /** Why the stream of a request was cut; undefined when it was not cut, or the reason is unknown. */
  endReasonOf(requestId: string): Promise<StreamEndReason | undefined>
  /** A clock that never jumps, in ms. */
  monotonic(): number
  log: Logger
  /** Interval of pings, in ms; a client that has not answered by the next ping is dropped. */
  pingIntervalMs?: number
  /** How long a client may be behind before it is dropped, in ms. */
  catchUpTimeoutMs?: number
}

export interface Relay {
  server: Server
  /** Accepts no more streams, and closes the open ones: their clients connect again. */
  shutDown(): Promise<void>
}

/** Limits what a client sends, in bytes. It needs to send pongs, and its own keep-alive. */
const CLIENT_LIMIT = { burst: 4_096, perSecond: 128 }
/** In bytes: a client's messages are ignored. */
const MAX_MESSAGE_BYTES = 1_024
/** While the unsent data of a client exceeds this, in bytes, the relay reads nothing more for it. */
const MAX_BUFFERED_BYTES = 256 * 1_024
/** A client that does not catch up within this is dropped, in ms. */
const CATCH_UP_TIMEOUT_MS = 10_000
const PING_INTERVAL_MS = 20_000
/** A client that does not answer the close frame within this is dropped, in ms. */
const CLOSE_TIMEOUT_MS = 500

/**
 * Relays one instance of Nchan to WebSocket clients; it is itself an EventSource client of that instance. Nchan reads a
 * connection until it is empty, so that a client that floods it would delay all others; here each client has a rate
 * limit. The front has already authorized the request.
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
  const slowClients = createSlowClients(monotonic, needs.catchUpTimeoutMs ?? CATCH_UP_TIMEOUT_MS)
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
      (eventSource) => {
        socket.off('close', abort)
        if (socket.destroyed) return eventSource.close()
        socket.once('close', eventSource.close)
        handshakes.handleUpgrade(req, socket, head, (client) => serve(client, socket, eventSource, stream))
      },
      (err) => {
        if (clientClosed.signal.aborted) return
        log.warn({ event: 'stream_refused', err }, 'the instance refused a stream')
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
    const byteLimit = createTokenBucket(CLIENT_LIMIT, monotonic)
    let isAlive = true
    clients.add(client)
    client.on('close', () => clients.delete(client))
    // Counts bytes before they are parsed as frames: the client chooses how costly a frame is to parse.
    socket.on('data', (chunk: Buffer) => {
      if (byteLimit.charge(chunk.length)) return
      if (client.readyState !== client.OPEN) return client.terminate()
      log.warn({ event: 'stream_flooded' }, 'a client sends more than its rate limit allows: dropping it')
      close(client, CLOSE_CODES.flooded)
      socket.pause()
    })
    client.on('error', () => {}) // such as a malformed frame; ws closes the connection
    client.on('pong', () => {
      isAlive = true
    })
    const ping = setInterval(() => {
      if (!isAlive) return client.terminate()
      isAlive = false
      client.ping()
    }, pingIntervalMs)
    const dropClient = () => {
      log.info({ event: 'stream_behind' }, 'a client does not read its messages: dropping it')
      client.terminate()
    }
    socket.on('drain', () => {
      slowClients.remove(dropClient)
      eventSource.resume()
    })
    socket.once('close', () => {
      clearInterval(ping)
      slowClients.remove(dropClient)
    })

    eventSource.read(
      (message) => {
        if (client.readyState !== client.OPEN) return
        client.send(message, { binary: false })
        if (slowClients.has(dropClient) || client.bufferedAmount <= MAX_BUFFERED_BYTES) return
        eventSource.pause()
        slowClients.add(dropClient)
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

/** Reads the headers by which the front names a stream that it granted; undefined when it granted none. */
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
