import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Judge } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { SocketWords } from '../../core/messaging/peer-messages.ts'
import type { NewsHearing } from '../../core/messaging/user-messages.ts'
import { Refusal } from '../../core/refusal.ts'
import { challengeOf } from '../errors.ts'
import { speech } from './errors.ts'
import { admit, type DoorNeeds, PROTOCOL } from './socket-auth.ts'
import { createDeeds, type DeedsNeeds } from './socket-commands.ts'
import { createHub } from './socket-hub.ts'
import { limitStatuses } from './status-rate-limit.ts'

export interface VoipSocketNeeds extends DoorNeeds, Omit<DeedsNeeds, 'words'> {
  judge: Judge
  words: SocketWords
  hearing: NewsHearing
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** How many sockets a user has over all sessions; the oldest makes room for one more. */
  mostPerUser: number
  log: Logger
  /** A socket was let in. */
  onOpen?(): void
  /** Other than usual in tests, which cannot wait that long. */
  times?: Partial<typeof TIMES>
}

export interface VoipSocket {
  /** For the HTTP server's `upgrade` event. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Who has a socket at this API. */
  users(): ReadonlySet<string>
  /** How many sockets this API holds. */
  size(): number
  /** Says goodbye to all. */
  close(): void
}

/** A peer that has not answered two pings is gone; nginx waits longer than that: see nginx/websocket.conf. */
const TIMES = { judgeMs: 500, pingMs: 20_000, pongMs: 45_000, closingMs: 2_000 }
/** On this API. */
const MOST_PER_SESSION = 5
const MOST = 10_000
const MAX_PAYLOAD = 65_536

/** `GET /ws?extension=<own extension>`: calls and statuses as they happen, one JSON object a frame. */
export function createVoipSocket(needs: VoipSocketNeeds): VoipSocket {
  const { log, monotonic } = needs
  const deeds = createDeeds({ ...needs, statuses: limitStatuses(needs.statuses, monotonic) })
  const hub = createHub({ mostPerSession: MOST_PER_SESSION, ...TIMES, ...needs.times, ...needs, deeds })
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    // The token stands in the same header and is never sent back.
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  })
  let closed = false

  async function open(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const guest = await admit(req, needs)
    if (closed || hub.size() >= MOST) throw new Refusal('unavailable', { retryAfter: 5 })
    server.handleUpgrade(req, socket, head, (ws) => {
      hub.add(ws, guest)
      needs.onOpen?.()
    })
  }

  return {
    upgrade(req, socket, head) {
      socket.on('error', () => socket.destroy())
      open(req, socket, head).catch((err) => {
        const refusal = err instanceof Refusal ? err : new Refusal('internal', { cause: err })
        if (refusal.code === 'internal')
          log.error({ event: 'request_failed', path: '/ws', err }, 'request failed')
        answer(socket, refusal)
      })
    },
    users: hub.users,
    size: hub.size,
    close() {
      closed = true
      hub.close()
      server.close()
    },
  }
}

/** Says no before anything is upgraded, as plain HTTP. */
function answer(socket: Duplex, refusal: Refusal): void {
  const words = speech.refusals[refusal.code]
  const body = JSON.stringify(speech.body(words, refusal))
  const challenge = challengeOf(words, refusal.code)
  const headers = [
    `HTTP/1.1 ${words.status} ${STATUS_CODES[words.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Referrer-Policy: no-referrer',
    'Connection: close',
    ...(challenge === undefined ? [] : [`WWW-Authenticate: ${challenge}`]),
    ...(refusal.retryAfter === undefined ? [] : [`Retry-After: ${refusal.retryAfter}`]),
  ]
  socket.once('finish', () => socket.destroy())
  socket.end(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
