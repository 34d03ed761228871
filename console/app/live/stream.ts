import { backoffMs } from '../backoff.ts'

/** Close codes of the streams: docs/softphone-guide.md. */
const SESSION_OVER = 4401
const REPLACED = 4429
const MISUSE = 1008

/** A ticket request or a handshake in a dead network has no end of its own. */
const OPEN_MS = 20_000
const WATCH_MS = 15_000
/** Timers of hidden tabs may be a minute late; one that is later was asleep with the computer. */
const SLEPT_MS = WATCH_MS + 90_000
/** A person who returns to the page sees what is current. */
const SILENT_IN_VIEW_MS = 30_000
/**
 * The server’s pings are answered by the browser, and no script sees them: a stream on which nothing happens and one with a
 * dead connection look the same. So a fresh socket takes the place of each that was silent this long. A random part
 * of the same length is added, because a broadcast ends the silence of all pages at once. This costs a page of a quiet
 * PBX one ticket in some minutes.
 */
const SILENT_MS = 5 * 60_000

export interface StreamOptions {
  name: string
  /** A ticket for one connect. */
  getTicket(): Promise<string>
  /** Also after a fresh socket has taken the place of a silent one. */
  onOpen(): void
  onMessage(data: unknown): void
  /** The connection is lost, and another one will be opened. */
  onLost(): void
  /** The server ended it for good: the session is over, or newer streams of this account took its place. */
  onEnd(reason: 'session_over' | 'replaced'): void
}

/**
 * Follows one stream by WebSocket, with a new ticket for each connect.
 * @returns a function that closes it
 */
export function followStream(options: StreamOptions): () => void {
  const leaving = new AbortController()
  /** The open one. It stays until a newer one is open, so that no message is missed. */
  let socket: WebSocket | undefined
  let opening: WebSocket | undefined
  let isConnecting = false
  // Of the newest attempt: the ticket of an older one comes too late.
  let attempt = 0
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastReceived = 0
  let silentMs = SILENT_MS
  let last: { epoch?: unknown; seq?: unknown } = {}

  function letGo() {
    attempt += 1
    clearTimeout(timer)
    isConnecting = false
    const abandoned = opening
    opening = undefined
    abandoned?.close()
  }
  function close() {
    leaving.abort()
    clearInterval(watch)
    letGo()
    const former = socket
    socket = undefined
    former?.close()
  }
  function retry() {
    letGo()
    failures += 1
    timer = setTimeout(() => void connect(), backoffMs(failures))
  }

  async function connect() {
    letGo()
    const own = attempt
    isConnecting = true
    timer = setTimeout(() => {
      options.onLost()
      retry()
    }, OPEN_MS)
    let ticket: string
    try {
      ticket = await options.getTicket()
    } catch {
      if (own === attempt) retry()
      return
    }
    if (own !== attempt) return
    const url = new URL(`/api/v1/streams/${options.name}`, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    url.searchParams.set('ticket', ticket)
    const next = new WebSocket(url)
    opening = next
    next.addEventListener('open', () => {
      if (next !== opening) return
      clearTimeout(timer)
      isConnecting = false
      failures = 0
      lastReceived = Date.now()
      silentMs = SILENT_MS * (1 + Math.random())
      const former = socket
      socket = next
      opening = undefined
      former?.close()
      options.onOpen()
    })
    next.addEventListener('message', ({ data }) => {
      if (next !== socket) return
      lastReceived = Date.now()
      const message = parse(data)
      if (message === undefined || !isNewer(message)) return
      options.onMessage(message)
    })
    next.addEventListener('close', ({ code }) => {
      if (next !== opening && next !== socket) return
      if (next === socket) {
        socket = undefined
        // The attempt in progress finds out; it may itself have taken the place of this socket.
        if (isConnecting) return options.onLost()
      }
      if (code === REPLACED || code === MISUSE) {
        close()
        return options.onEnd('replaced')
      }
      if (code === SESSION_OVER) options.onEnd('session_over')
      else options.onLost()
      if (!leaving.signal.aborted) retry()
    })
  }

  /** A message counts if it is newer within its epoch, or of another epoch. */
  function isNewer(message: { epoch?: unknown; seq?: unknown }): boolean {
    const isOld = message.epoch === last.epoch && Number(message.seq) <= Number(last.seq)
    if (!isOld) last = { epoch: message.epoch, seq: message.seq }
    return !isOld
  }

  /** The network is another, or the computer woke up: no long pause, and no trust in the socket that seems open. */
  function hurry() {
    failures = 0
    void connect()
  }
  function onVisible() {
    if (document.visibilityState !== 'visible' || isConnecting) return
    if (socket === undefined || Date.now() - lastReceived > SILENT_IN_VIEW_MS) hurry()
  }

  let lastTick = Date.now()
  const watch = setInterval(() => {
    const now = Date.now()
    const hasSlept = now - lastTick > SLEPT_MS
    lastTick = now
    if (hasSlept) hurry()
    else if (socket !== undefined && !isConnecting && now - lastReceived > silentMs) void connect()
  }, WATCH_MS)
  window.addEventListener('online', hurry, { signal: leaving.signal })
  document.addEventListener('visibilitychange', onVisible, { signal: leaving.signal })
  void connect()
  return close
}

function parse(data: unknown): { epoch?: unknown; seq?: unknown } | undefined {
  try {
    return JSON.parse(String(data))
  } catch {
    return undefined
  }
}
