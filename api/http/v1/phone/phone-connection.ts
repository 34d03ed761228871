import type { RawData, WebSocket } from 'ws'
import type { Claims } from '../../../../contract/claims.ts'
import type { TokenVerifier } from '../../../../contract/verdict.ts'
import type { Logger } from '../../../../runtime/log.ts'
import { createTokenBucket } from '../../../../runtime/token-bucket.ts'
import { createSocketClosing } from '../../socket-closing.ts'
import type { RegisteredSocket } from '../../socket-registry.ts'
import { CLOSE_CODES } from './close-codes.ts'
import type { SocketCalls } from './session-calls.ts'
import { createSipDialogs } from './sip-dialogs.ts'
import { createSipGuard, type SipGuardNeeds } from './sip-guard.ts'
import { methodOf, parseSipMessage, readPbxMessage, type SipMessage } from './sip-message.ts'
import { refuseSipRequest } from './sip-refusal.ts'

export interface PhoneConnectionNeeds {
  tokenVerifier: TokenVerifier
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  pingIntervalMs: number
  /** How long a peer may take to answer our close frame. */
  closeTimeoutMs: number
  log: Logger
}

/** One browser's phone: its socket, and one of its own to the PBX. Each ends with the other. */
export interface PhoneConnection extends RegisteredSocket {
  /** Verifies the session again, and pings both sides or ends a connection to a silent one. */
  check(): void
  /** The session's streams and phones may go on until then, in unix seconds. */
  renew(until: number): void
  close(code: number, reason: string): void
}

export interface PhoneConnectionIdentity extends SipGuardNeeds {
  claims: Claims
  calls: SocketCalls
}

const PER_SECOND = 50
const BURST = 100
const MAX_BUFFERED_BYTES = 1_048_576
const MAX_UNANSWERED_PINGS = 2
/** As for streams: a client that renews at the last moment is not cut because of a slow network; in seconds. */
const EXPIRY_TOLERANCE_S = 5

/** RFC 5626 §3.5.1: a browser’s script sees no ping of WebSocket, but it sees this, and answers the second. */
const [PING, PONG] = ['\r\n\r\n', '\r\n']

/**
 * Relays between a browser and the PBX.
 * @param pbx connected and paused
 */
export function createPhoneConnection(
  browser: WebSocket,
  pbx: WebSocket,
  { claims: firstClaims, calls, ...identity }: PhoneConnectionIdentity,
  needs: PhoneConnectionNeeds,
): PhoneConnection {
  const { tokenVerifier, monotonic, pingIntervalMs, closeTimeoutMs, log } = needs
  const { sub: userId, sid: sessionId } = firstClaims
  const guard = createSipGuard(identity)
  const dialogs = createSipDialogs()
  const bucket = createTokenBucket({ burst: BURST, perSecond: PER_SECOND }, monotonic)
  const browserClosing = createSocketClosing(browser, closeTimeoutMs)
  const pbxClosing = createSocketClosing(pbx, closeTimeoutMs)
  const { isClosing } = browserClosing
  let claims = firstClaims
  let pingedAt = monotonic()
  const unanswered = { browser: 0, pbx: 0 }
  let hasLoggedRefusal = false

  function close(code: number, reason: string): void {
    browserClosing.close(code, reason)
    // What the browser sent last, such as a BYE, still reaches the PBX before its close frame.
    pbxClosing.close(1001, 'the browser is gone')
  }
  function terminate(): void {
    browserClosing.terminate()
    pbxClosing.close(1001, 'the browser is gone')
  }
  /** False once the session has ended; both sockets are closed then. */
  function isSessionLive(): boolean {
    if (isClosing()) return false
    const invalid = tokenVerifier.checkClaims({ ...claims, exp: sessionEndOf(claims) })
    // Without it a page could go on talking: the PBX ends no call because a socket has closed.
    if (invalid === 'token_revoked') for (const bye of dialogs.byes()) pbx.send(bye)
    if (invalid === 'cannot_judge') close(CLOSE_CODES.tryAgain, 'try again later')
    else if (invalid !== undefined) close(CLOSE_CODES.sessionOver, invalid)
    return !isClosing()
  }
  function sendToBrowser(data: RawData | string, binary = false): void {
    if (isClosing() || browser.readyState !== browser.OPEN) return
    // A peer that does not read would fill memory.
    if (browser.bufferedAmount > MAX_BUFFERED_BYTES) terminate()
    else browser.send(data, { binary })
  }
  function sendToPbx(data: RawData, binary: boolean): void {
    if (pbx.readyState !== pbx.OPEN) return
    if (pbx.bufferedAmount > MAX_BUFFERED_BYTES) close(CLOSE_CODES.restart, 'the PBX does not read')
    else pbx.send(data, { binary })
  }
  /** Control frames count as messages, as each causes a response. */
  function withinRateLimit(): boolean {
    unanswered.browser = 0
    if (!isClosing() && !bucket.take()) close(CLOSE_CODES.misuse, 'too many messages')
    return !isClosing()
  }

  function onBrowserMessage(data: Buffer, isBinary: boolean): void {
    if (!withinRateLimit() || !isSessionLive()) return
    const keepAlive = data.length <= PING.length ? data.toString('latin1') : ''
    if (keepAlive === PING) sendToBrowser(PONG)
    else if (keepAlive !== PONG) relayToPbx(data, isBinary)
  }
  function relayToPbx(data: Buffer, isBinary: boolean): void {
    const message = parseSipMessage(data)
    if (message === undefined) {
      close(CLOSE_CODES.misuse, 'this is no SIP message')
      return
    }
    if (answersNoCall(message)) {
      close(CLOSE_CODES.misuse, 'no call has this Call-ID')
      return
    }
    const verdict = guard.check(message)
    if (verdict.action === 'pass') {
      dialogs.onBrowserMessage(message)
      sendToPbx(data, isBinary)
    } else if (verdict.action === 'close') close(CLOSE_CODES.misuse, verdict.reason)
    else if (verdict.action === 'refuse' && message.kind === 'request') {
      logRefusal(message.method, verdict.reason)
      sendToBrowser(refuseSipRequest(message, verdict.reason))
    }
  }
  /** The PBX finds the call by the branch of `Via`, and would be in a call of which the relay knows nothing. */
  function answersNoCall({ kind, cseq, callId }: SipMessage): boolean {
    return kind === 'response' && methodOf(cseq) === 'INVITE' && !calls.isInvited(callId)
  }
  /** Once a socket: a hostile client sends them as fast as it may. */
  function logRefusal(method: string, reason: string): void {
    if (hasLoggedRefusal) return
    hasLoggedRefusal = true
    log.info({ event: 'phone_request_refused', userId, sessionId, method, reason }, 'SIP request refused')
  }

  browser.on('message', (data, isBinary) => onBrowserMessage(toBuffer(data), isBinary))
  for (const event of ['ping', 'pong'] as const) browser.on(event, withinRateLimit)
  browser.on('close', () => {
    calls.close()
    pbxClosing.close(1001, 'the browser is gone')
  })
  // ws sends a close frame for a protocol error itself; a peer that ignores it is terminated.
  browser.on('error', (err) => {
    log.debug({ event: 'phone_socket_error', err }, 'the browser’s socket failed')
    browserClosing.terminateLater()
  })
  pbx.on('message', (data, isBinary) => {
    unanswered.pbx = 0
    if (!isSessionLive()) return
    const message = readPbxMessage(toBuffer(data))
    if (message?.kind === 'request' && message.method === 'INVITE') calls.onInvite(message.callId)
    if (message !== undefined) dialogs.onPbxMessage(message)
    sendToBrowser(data, isBinary)
  })
  for (const event of ['ping', 'pong'] as const) pbx.on(event, () => (unanswered.pbx = 0))
  pbx.on('close', () => close(CLOSE_CODES.restart, 'the PBX has closed the connection'))
  pbx.on('error', (err) => {
    log.warn({ event: 'phone_pbx_socket_failed', err }, 'the connection to the PBX failed')
    close(CLOSE_CODES.restart, 'the connection to the PBX failed')
  })
  pbx.resume()

  return {
    userId,
    sessionId,
    check() {
      if (!isSessionLive()) return
      const at = monotonic()
      if (at - pingedAt < pingIntervalMs) return
      if (unanswered.browser >= MAX_UNANSWERED_PINGS) return terminate()
      if (unanswered.pbx >= MAX_UNANSWERED_PINGS) {
        pbxClosing.terminate()
        return close(CLOSE_CODES.restart, 'the PBX does not answer')
      }
      pingedAt = at
      unanswered.browser += 1
      unanswered.pbx += 1
      sendToBrowser(PING)
      browser.ping()
      pbx.ping()
    },
    renew(until) {
      if (until > claims.exp) claims = { ...claims, exp: until }
    },
    close,
    evict() {
      browserClosing.evict(CLOSE_CODES.tooMany, 'too many phones')
      pbxClosing.close(1001, 'the browser is gone')
    },
    isClosing,
  }
}

/** A session that has ended has no tolerance: no token can renew it. */
const sessionEndOf = ({ exp, sxp }: Claims): number =>
  Math.min(exp + EXPIRY_TOLERANCE_S, sxp ?? Number.POSITIVE_INFINITY)

/** `ws` hands over one buffer for each message, unless it is configured otherwise. */
const toBuffer = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [new Uint8Array(data)])
