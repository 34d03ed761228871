import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { PeerMessages } from '../../core/messaging/peer-messages.ts'
import type { UserMessageSubscriber } from '../../core/messaging/user-messages.ts'
import { Refusal } from '../../core/refusal.ts'
import type { SocketAuthNeeds } from '../socket-handshake.ts'
import { createUpgradeHandler, type UpgradeHandler } from '../socket-upgrade.ts'
import { voipErrorFormat } from './errors.ts'
import { authenticateSocket, SUBPROTOCOL } from './socket-auth.ts'
import { createCommandHandler, type SocketCommandNeeds } from './socket-commands.ts'
import { createHub } from './socket-hub.ts'
import { rateLimitStatuses } from './status-rate-limit.ts'

export interface VoipSocketNeeds extends SocketAuthNeeds, Omit<SocketCommandNeeds, 'peerMessages'> {
  tokenVerifier: TokenVerifier
  peerMessages: PeerMessages
  userMessages: UserMessageSubscriber
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** Maximum sockets of a user over all sessions; a new one evicts the oldest. */
  maxPerUser: number
  log: Logger
  /** Called for each opened socket. */
  onOpen?(): void
  /** Overrides for tests, which cannot wait that long. */
  times?: Partial<typeof TIMINGS>
}

export interface VoipSocket {
  /** For the HTTP server's `upgrade` event. */
  upgrade: UpgradeHandler
  /** Ids of the users with a socket at this API. */
  users(): ReadonlySet<string>
  /** How many sockets this API holds. */
  size(): number
  /** Closes all sockets and refuses new ones. */
  close(): void
}

/** A peer that has not answered two pings is terminated; nginx's timeout is longer: see nginx/websocket-proxy.conf. */
const TIMINGS = { checkIntervalMs: 500, pingIntervalMs: 20_000, pongTimeoutMs: 45_000, closeTimeoutMs: 2_000 }
const MAX_PER_SESSION = 5
const MAX_SOCKETS = 10_000
const MAX_PAYLOAD = 65_536

/** `GET /ws?extension=<own extension>`: calls and statuses as they happen, one JSON object a frame. */
export function createVoipSocket(needs: VoipSocketNeeds): VoipSocket {
  const { log, monotonic } = needs
  const handleCommand = createCommandHandler({
    ...needs,
    statuses: rateLimitStatuses(needs.statuses, monotonic),
  })
  const hub = createHub({
    maxPerSession: MAX_PER_SESSION,
    ...TIMINGS,
    ...needs.times,
    ...needs,
    handleCommand,
  })
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    // The same header holds the token, which is never sent back.
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  let closed = false

  async function upgradeSocket(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const identity = await authenticateSocket(req, needs)
    if (closed || hub.size() >= MAX_SOCKETS) throw new Refusal('unavailable', { retryAfter: 5 })
    server.handleUpgrade(req, socket, head, (ws) => {
      hub.add(ws, identity)
      needs.onOpen?.()
    })
  }

  return {
    upgrade: createUpgradeHandler(upgradeSocket, voipErrorFormat, log),
    users: hub.users,
    size: hub.size,
    close() {
      closed = true
      hub.close()
      server.close()
    },
  }
}
