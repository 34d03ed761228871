import { backoffMs } from '../app/backoff.ts'
import { codeOf } from './error-code.ts'

/** What is used of a browser's WebSocket. */
export interface WebSocketLike {
  readonly readyState: number
  addEventListener(type: 'open', listener: () => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  send(data: string): void
  close(): void
}

/** The interface `Socket` of JsSIP, and what our line asks of it. */
export interface SipSocket {
  via_transport: string
  readonly url: string
  readonly sip_uri: string
  connect(): void
  disconnect(): void
  send(message: unknown): boolean
  isConnected(): boolean
  isConnecting(): boolean
  onconnect(): void
  ondisconnect(error: boolean, code?: number, reason?: string): void
  // JsSIP declares a generic here.
  ondata<T>(data: T): void
  /**
   * The network may have changed. Connects at once where it waits to; where it is connected, replaces the socket unless
   * something is received within 4 s. @returns whether it is connected: then the caller sends what will be answered
   */
  check(): boolean
  /** Connects again after an end that only a person may overrule. */
  resume(): void
}

export interface SipSocketNeeds {
  /** Host of the WebSocket, for the SIP headers. */
  host: string
  isSecure: boolean
  /**
   * The URL of the next connection: each has a ticket of its own. Rejects with the code `session_ended` where the
   * session is over.
   * @param signal aborted when the attempt is given up
   */
  nextUrl(signal: AbortSignal): Promise<string>
  open(url: string): WebSocketLike
  /**
   * Closed for a reason that no new attempt overcomes; `session_ended` also while it is not known in time whether the
   * session is over. If it is not, a connection follows.
   */
  onEnd(reason: 'session_ended' | 'taken_by_other_window'): void
}

/** The relay sends a keep-alive each 15 s (RFC 5626 §4.4.1, RFC 7118 §6): after two that are missing it is dead. */
const SILENT_MS = 2 * 15_000 + 5_000
const WATCH_MS = 5_000
const ANSWER_MS = 4_000
const OPEN_MS = 10_000
/** So that all pages of a restarted server do not return at once. */
const RESTART_SPREAD_MS = 2_000
/** How long calls go on after 4401 without an answer of the session: the end of a session ends them within a second. */
const VERDICT_MS = 800

const OPEN = 1
const NOT_AUTHORIZED = 4401
/** The reason of a 4401 that ends no session: its token was not renewed in time. */
const TOKEN_EXPIRED = 'token_expired'
const TOO_MANY = 4429
const SERVICE_RESTART = 1012

/**
 * A WebSocket for JsSIP that connects again by itself. JsSIP would use the same URL again, wait for whole seconds and
 * notice a dead connection after minutes.
 */
export function createSipSocket({ host, isSecure, nextUrl, open, onEnd }: SipSocketNeeds): SipSocket {
  let ws: WebSocketLike | undefined
  let isWanted = false
  let isUp = false
  let failures = 0
  let lastData = 0
  // Aborts the newest attempt.
  let attempt = new AbortController()
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let openTimer: ReturnType<typeof setTimeout> | undefined
  let answerTimer: ReturnType<typeof setTimeout> | undefined
  let verdictTimer: ReturnType<typeof setTimeout> | undefined
  let watchTimer: ReturnType<typeof setInterval> | undefined

  const letGo = () => {
    attempt.abort()
    clearTimeout(retryTimer)
    clearTimeout(openTimer)
    clearTimeout(answerTimer)
    clearInterval(watchTimer)
    ws?.close()
    ws = undefined
  }
  /** Ends this connection; JsSIP is informed once for each that was up. */
  const lose = (code?: number, reason?: string) => {
    letGo()
    if (!isUp) return
    isUp = false
    socket.ondisconnect(true, code, reason)
  }
  const retryIn = (delay: number) => {
    if (!isWanted) return
    clearTimeout(retryTimer)
    retryTimer = setTimeout(() => void tryNow(), delay)
  }
  const fail = (code?: number, reason?: string) => {
    lose(code, reason)
    failures += 1
    retryIn(backoffMs(failures))
  }
  const stop = (reason: 'session_ended' | 'taken_by_other_window', code?: number) => {
    isWanted = false
    clearTimeout(verdictTimer)
    lose(code)
    onEnd(reason)
  }
  /** The next ticket shows whether the session is over, or goes on with another token. */
  const askForVerdict = (code: number, reason: string) => {
    const isFirst = failures === 0
    fail(code, reason)
    if (isFirst) retryIn(0)
    if (reason === TOKEN_EXPIRED) return
    clearTimeout(verdictTimer)
    verdictTimer = setTimeout(() => onEnd('session_ended'), VERDICT_MS)
  }

  async function tryNow() {
    letGo()
    attempt = new AbortController()
    const { signal } = attempt
    openTimer = setTimeout(() => fail(), OPEN_MS)
    let next: WebSocketLike
    try {
      const url = await nextUrl(signal)
      if (signal.aborted) return
      clearTimeout(verdictTimer)
      next = open(url)
    } catch (err) {
      if (signal.aborted) return
      if (codeOf(err) === 'session_ended') stop('session_ended')
      else fail()
      return
    }
    ws = next
    // What an abandoned socket still reports is dropped.
    const isCurrent = () => next === ws
    next.addEventListener('open', () => {
      if (!isCurrent()) return
      clearTimeout(openTimer)
      isUp = true
      lastData = Date.now()
      watchTimer = setInterval(() => {
        // A hidden tab's timers sleep: what counts is the time that has passed.
        if (Date.now() - lastData > SILENT_MS) replace()
      }, WATCH_MS)
      socket.onconnect()
    })
    next.addEventListener('message', ({ data }) => {
      if (!isCurrent()) return
      lastData = Date.now()
      failures = 0
      clearTimeout(answerTimer)
      if (data === '\r\n\r\n') next.send('\r\n')
      else if (data !== '\r\n') socket.ondata(data)
    })
    next.addEventListener('close', ({ code, reason }) => {
      if (!isCurrent()) return
      if (code === NOT_AUTHORIZED) askForVerdict(code, reason)
      else if (code === TOO_MANY) stop('taken_by_other_window', code)
      else if (code === SERVICE_RESTART && isUp) {
        lose(code, reason)
        retryIn(Math.random() * RESTART_SPREAD_MS)
      } else fail(code, reason)
    })
  }

  function replace() {
    lose()
    void tryNow()
  }

  const socket: SipSocket = {
    via_transport: isSecure ? 'WSS' : 'WS',
    // Never sent: it only names the socket.
    url: `${isSecure ? 'wss' : 'ws'}://${host}`,
    sip_uri: `sip:${host};transport=ws`,
    connect() {
      if (isWanted) return
      isWanted = true
      failures = 0
      void tryNow()
    },
    disconnect() {
      isWanted = false
      isUp = false
      clearTimeout(verdictTimer)
      letGo()
    },
    send(message) {
      if (ws === undefined || ws.readyState !== OPEN) return false
      ws.send(String(message))
      return true
    },
    isConnected: () => isUp,
    isConnecting: () => isWanted && !isUp,
    onconnect() {},
    ondisconnect() {},
    ondata() {},
    check() {
      if (!isWanted) return false
      if (!isUp) {
        // An attempt in progress ends by itself.
        if (ws === undefined) replace()
        return false
      }
      if (Date.now() - lastData > SILENT_MS) {
        replace()
        return false
      }
      clearTimeout(answerTimer)
      answerTimer = setTimeout(replace, ANSWER_MS)
      return true
    },
    resume() {
      isWanted = false
      socket.connect()
    },
  }
  return socket
}
