import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Claims } from '../../../../contract/claims.ts'
import { evictOldest } from '../../../../runtime/evict-oldest.ts'
import {
  createTokenBucket,
  type TokenBucket,
  type TokenBucketLimit,
} from '../../../../runtime/token-bucket.ts'
import type { BrowserCalls } from '../../../core/calls/browser-calls.ts'
import { Refusal } from '../../../core/refusal.ts'
import type { SocketAuthNeeds } from '../../socket-handshake.ts'
import { createSocketRegistry, type SocketLimits } from '../../socket-registry.ts'
import { createUpgradeHandler, type UpgradeHandler } from '../../socket-upgrade.ts'
import { v1ErrorFormat } from '../errors.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { connectToPbx, MAX_SIP_BYTES } from './pbx-socket.ts'
import { createPhoneConnection, type PhoneConnection, type PhoneConnectionNeeds } from './phone-connection.ts'
import { authenticatePhone, SUBPROTOCOL } from './phone-socket-auth.ts'
import { createSessionCalls } from './session-calls.ts'

/** Calls the listener when the streams of a session were renewed; `until` is in unix seconds. */
export type OnStreamRenewal = (
  listener: (renewal: { sessionId: string; until: number }) => void,
) => () => void

export interface PhoneSocketNeeds extends SocketAuthNeeds, Pick<PhoneConnectionNeeds, 'monotonic' | 'log'> {
  /** The PBX's WebSocket transport, `ws://…`; undefined where there is none. */
  upstreamUrl: string | undefined
  /** The SIP user of a person's browser, by the person's extension. */
  webEndpointOf(extension: string): string
  /** Whether a SIP user is that of any person’s phone. */
  isPhone(user: string): boolean
  browserCalls: BrowserCalls
  onStreamRenewal: OnStreamRenewal
  /** Overrides for tests, which cannot wait that long. */
  times?: Partial<typeof TIMINGS>
}

export interface PhoneSocket {
  upgrade: UpgradeHandler
  /** How many phones are connected to this API. */
  size(): number
  /** Closes all sockets and refuses new ones. */
  close(): void
}

/** nginx's timeout is longer than two pings: see nginx/websocket-proxy.conf. */
const TIMINGS = { checkIntervalMs: 250, pingIntervalMs: 15_000, closeTimeoutMs: 1_000 }
/** A person has a few browsers; a reload opens the next socket before the last one is gone. */
const LIMITS: SocketLimits = { maxPerSession: 3, maxPerUser: 10 }
const MAX_SOCKETS = 10_000
/** Of one user. Each costs a connection to the PBX and lines of the log. */
const HANDSHAKES: TokenBucketLimit = { burst: 20, perSecond: 1 }

/**
 * SIP over WebSocket (RFC 7118), relayed to the PBX for as long as the session lives: see `createSipGuard` for what passes.
 */
export function createPhoneSocket(needs: PhoneSocketNeeds): PhoneSocket {
  const { upstreamUrl, webEndpointOf, isPhone, monotonic, log } = needs
  const times = { ...TIMINGS, ...needs.times }
  const registry = createSocketRegistry<PhoneConnection>(LIMITS)
  const sessionCalls = createSessionCalls({
    ...needs,
    onFailure: (err) =>
      log.warn({ event: 'phone_calls_end_failed', err }, 'the calls of an ended session may still be up'),
  })
  const buckets = new Map<string, TokenBucket>()
  /** Handshakes that wait for the PBX, by user. */
  const pending = new Map<string, number>()
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_SIP_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  })
  let closed = false

  const checkTimer = setInterval(() => {
    for (const connection of registry.all()) connection.check()
    sessionCalls.check()
  }, times.checkIntervalMs)
  checkTimer.unref()
  const offRenewal = needs.onStreamRenewal(({ sessionId, until }) => {
    for (const connection of registry.all()) if (connection.sessionId === sessionId) connection.renew(until)
  })

  async function open(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { claims, extension } = await authenticatePhone(req, needs)
    if (upstreamUrl === undefined) throw new Refusal('not_supported', { detail: NO_UPSTREAM })
    const pbx = await connectInTurn(claims.sub, upstreamUrl)
    let browser: WebSocket | undefined
    // Runs at once, or never for an invalid handshake, which ws answers itself.
    if (!closed) server.handleUpgrade(req, socket, head, (opened) => (browser = opened))
    if (browser !== undefined) connect(browser, pbx, claims, webEndpointOf(extension))
    else pbx.terminate()
    if (closed) throw unavailable()
  }

  function connect(browser: WebSocket, pbx: WebSocket, claims: Claims, endpoint: string): void {
    const { sub: userId, sid: sessionId } = claims
    registry.makeRoom(userId, sessionId)
    const calls = sessionCalls.openSocket(claims, endpoint)
    const identity = { claims, endpoint, isPhone, calls }
    const connection = createPhoneConnection(browser, pbx, identity, { ...needs, ...times })
    registry.add(connection)
    log.info({ event: 'phone_socket_opened', userId, sessionId }, 'phone connected')
    browser.once('close', (code) => {
      registry.remove(connection)
      log.info({ event: 'phone_socket_closed', userId, sessionId, code }, 'phone disconnected')
    })
    // The session may have ended while the PBX was asked.
    connection.check()
  }

  /** A PBX that does not answer must not collect the connections of an impatient client. */
  async function connectInTurn(userId: string, url: string): Promise<WebSocket> {
    const own = pending.get(userId) ?? 0
    if (closed || registry.all().size + pending.size >= MAX_SOCKETS) throw unavailable()
    if (own >= LIMITS.maxPerUser || !bucketOf(userId).take())
      throw new Refusal('throttled', { retryAfter: 1 })
    pending.set(userId, own + 1)
    try {
      return await connectToPbx(url)
    } catch (err) {
      log.warn({ event: 'phone_pbx_connect_failed', err }, 'the PBX cannot be reached for a phone')
      throw err
    } finally {
      const left = (pending.get(userId) ?? 1) - 1
      if (left === 0) pending.delete(userId)
      else pending.set(userId, left)
    }
  }

  /** The user who came last is the last to be forgotten. */
  function bucketOf(userId: string): TokenBucket {
    const bucket = buckets.get(userId) ?? createTokenBucket(HANDSHAKES, monotonic)
    buckets.delete(userId)
    buckets.set(userId, bucket)
    evictOldest(buckets, MAX_SOCKETS)
    return bucket
  }

  return {
    upgrade: createUpgradeHandler(open, v1ErrorFormat, log),
    size: () => registry.all().size,
    close() {
      closed = true
      clearInterval(checkTimer)
      offRenewal()
      for (const connection of registry.all()) connection.close(CLOSE_CODES.restart, 'the API restarts')
      server.close()
    },
  }
}

const NO_UPSTREAM = 'this installation takes no browser phones: HOOKSWITCH_SIP_WS_UPSTREAM is not set'
const unavailable = () => new Refusal('unavailable', { retryAfter: 2 })
