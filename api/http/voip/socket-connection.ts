import type { RawData, WebSocket } from 'ws'
import type { Claims } from '../../../contract/claims.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import { createTokenBucket } from '../../../runtime/token-bucket.ts'
import { actorOf } from '../../core/actor.ts'
import type { UserMessage } from '../../core/messaging/user-messages.ts'
import { Refusal } from '../../core/refusal.ts'
import { toIsoTime } from '../iso-time.ts'
import { createSocketClosing } from '../socket-closing.ts'
import type { RegisteredSocket } from '../socket-registry.ts'
import { CLOSE_CODES } from './close-codes.ts'
import { refusalMessage, voipErrorFormat } from './errors.ts'
import type { SocketIdentity } from './socket-auth.ts'
import type { CommandHandler, SocketCommand } from './socket-commands.ts'
import { parseClientMessage, toServerMessage, translate } from './socket-wire.ts'

export interface SocketConnectionNeeds {
  tokenVerifier: TokenVerifier
  handleCommand: CommandHandler
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  pingIntervalMs: number
  pongTimeoutMs: number
  /** How long a peer may take to answer our close frame. */
  closeTimeoutMs: number
  log: Logger
}

/** One open socket, for as long as its session lives. */
export interface SocketConnection extends RegisteredSocket {
  /** Sends nothing once the session has ended. */
  send(message: UserMessage): void
  /** Verifies the session again, and pings the peer or ends a connection without pongs. */
  check(): void
  close(code: number, reason: string): void
}

const PER_SECOND = 10
const BURST = 20
const MAX_QUEUED = 20
const MAX_BUFFERED_BYTES = 1_048_576

export function createSocketConnection(
  ws: WebSocket,
  identity: SocketIdentity,
  needs: SocketConnectionNeeds,
): SocketConnection {
  const { tokenVerifier, handleCommand, monotonic, pingIntervalMs, pongTimeoutMs, closeTimeoutMs, log } =
    needs
  const { extension } = identity
  const bucket = createTokenBucket({ burst: BURST, perSecond: PER_SECOND }, monotonic)
  const answered = new Set<string>()
  let claims: Claims = identity.claims
  let [pingedAt, pongAt] = [monotonic(), monotonic()]
  let queueTail = Promise.resolve()
  let queued = 0
  const { close, terminate, terminateLater, evict, isClosing } = createSocketClosing(ws, closeTimeoutMs)

  function writeFrame(message: object): void {
    if (isClosing() || ws.readyState !== ws.OPEN) return
    // A peer that does not read would fill memory.
    if (ws.bufferedAmount > MAX_BUFFERED_BYTES) terminate()
    else ws.send(JSON.stringify(message))
  }
  /** False once the session has ended; the socket is closed then. */
  function isSessionLive(): boolean {
    const invalid = isClosing() ? undefined : tokenVerifier.checkClaims(claims)
    if (invalid === 'cannot_judge') close(CLOSE_CODES.tryAgain, 'try again later')
    else if (invalid !== undefined) close(CLOSE_CODES.sessionOver, invalid)
    return !isClosing()
  }
  const sendErrorFrame = (error: string, about: { request?: string; channel?: string } = {}) =>
    writeFrame({ type: 'error', error, ...about, timestamp: new Date().toISOString() })

  /** A newer token of the same session extends the socket; any other token is refused and changes nothing. */
  function extendSession(token: string): void {
    const verdict = tokenVerifier.verify(token, 'access')
    const isOwn =
      verdict.ok &&
      verdict.claims.sid === claims.sid &&
      verdict.claims.sub === claims.sub &&
      verdict.claims.extension === extension
    if (!isOwn) {
      sendErrorFrame('Invalid token: not a good token of this session', { request: 'auth' })
      return
    }
    if (verdict.claims.exp > claims.exp) claims = verdict.claims
    writeFrame(
      toServerMessage({
        type: 'auth',
        to: extension,
        status: 'ok',
        data: { expires_at: toIsoTime(claims.exp) },
      }),
    )
  }

  async function execute(command: SocketCommand): Promise<void> {
    // The command has waited in the queue, and the session may have ended.
    if (!isSessionLive()) return
    try {
      await handleCommand(actorOf(claims), command)
    } catch (err) {
      const refusal = err instanceof Refusal ? err : new Refusal('internal', { cause: err })
      if (refusal.code === 'internal')
        log.error({ event: 'socket_failed', type: command.type, err }, 'command failed')
      const channel = 'channel' in command ? { channel: command.channel } : {}
      sendErrorFrame(refusalMessage(voipErrorFormat.table[refusal.code], refusal), {
        request: command.type,
        ...channel,
      })
    }
  }

  function onMessage(data: RawData, isBinary: boolean): void {
    if (!withinRateLimit() || !isSessionLive()) return
    const parsed = isBinary ? { error: 'Text only' } : parseClientMessage(data.toString())
    if ('error' in parsed) sendErrorFrame(parsed.error)
    else if (parsed.message.type === 'ping') writeFrame(toServerMessage({ type: 'pong', to: extension }))
    else if (parsed.message.type === 'auth') extendSession(parsed.message.token)
    else enqueue(parsed.message)
  }
  /** Commands run one at a time, as one may depend on the one before. */
  function enqueue(command: SocketCommand): void {
    if (queued >= MAX_QUEUED) {
      close(CLOSE_CODES.policy, 'too many messages')
      return
    }
    queued += 1
    queueTail = queueTail
      .then(() => execute(command))
      .finally(() => {
        queued -= 1
      })
  }
  /** Control frames count as messages, as each causes a response. */
  function withinRateLimit(): boolean {
    if (!isClosing() && !bucket.take()) close(CLOSE_CODES.policy, 'too many messages')
    return !isClosing()
  }

  ws.on('message', onMessage)
  ws.on('ping', withinRateLimit)
  ws.on('pong', () => {
    pongAt = monotonic()
    withinRateLimit()
  })
  // ws sends a close frame for a protocol error itself; a peer that ignores it is terminated.
  ws.on('error', (err) => {
    log.debug({ event: 'socket_error', err }, 'socket failed')
    terminateLater()
  })
  writeFrame(
    toServerMessage({
      type: 'welcome',
      to: extension,
      status: 'connected',
      data: { expires_at: toIsoTime(claims.exp) },
    }),
  )

  return {
    userId: claims.sub,
    sessionId: claims.sid,
    send(message) {
      if (isSessionLive()) for (const one of translate(message, extension, answered)) writeFrame(one)
    },
    check() {
      if (!isSessionLive()) return
      const at = monotonic()
      if (at - pongAt >= pongTimeoutMs) return terminate()
      if (at - pingedAt < pingIntervalMs) return
      pingedAt = at
      ws.ping()
    },
    close,
    evict: () => evict(CLOSE_CODES.policy, 'too many sockets'),
    isClosing,
  }
}
