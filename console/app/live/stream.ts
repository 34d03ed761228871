/** Close codes of the streams: docs/softphone-guide.md. */
const SESSION_OVER = 4401
const REPLACED = 4429
const MISUSE = 1008

const MIN_PAUSE_MS = 500
const MAX_PAUSE_MS = 30_000
export interface StreamOptions {
  name: string
  /** A ticket for one connect. */
  getTicket(): Promise<string>
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
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempt = 0
  let isClosed = false
  let last: { epoch?: unknown; seq?: unknown } = {}

  async function connect() {
    clearTimeout(timer)
    let ticket: string
    try {
      ticket = await options.getTicket()
    } catch {
      return retry()
    }
    if (isClosed) return
    const url = new URL(`/api/v1/streams/${options.name}`, location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    url.searchParams.set('ticket', ticket)
    socket = new WebSocket(url)
    socket.addEventListener('open', () => {
      attempt = 0
      options.onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      const message = parse(data)
      if (message === undefined || !isNewer(message)) return
      options.onMessage(message)
    })
    socket.addEventListener('close', ({ code }) => {
      if (isClosed) return
      if (code === SESSION_OVER) {
        options.onEnd('session_over')
        return retry()
      }
      if (code === REPLACED || code === MISUSE) return options.onEnd('replaced')
      options.onLost()
      retry()
    })
  }

  /** A message counts if it is newer within its epoch, or of another epoch. */
  function isNewer(message: { epoch?: unknown; seq?: unknown }): boolean {
    const isOld = message.epoch === last.epoch && Number(message.seq) <= Number(last.seq)
    if (!isOld) last = { epoch: message.epoch, seq: message.seq }
    return !isOld
  }

  function retry() {
    if (isClosed) return
    const pauseMs = Math.min(MIN_PAUSE_MS * 2 ** attempt, MAX_PAUSE_MS) * (0.5 + Math.random())
    attempt += 1
    timer = setTimeout(() => void connect(), pauseMs)
  }
  /** The network is back, or the computer woke up: do not wait for the end of a long pause. */
  function hurry() {
    if (isClosed || socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING)
      return
    attempt = 0
    void connect()
  }

  window.addEventListener('online', hurry)
  void connect()
  return () => {
    isClosed = true
    clearTimeout(timer)
    window.removeEventListener('online', hurry)
    socket?.close()
  }
}

function parse(data: unknown): { epoch?: unknown; seq?: unknown } | undefined {
  try {
    return JSON.parse(String(data))
  } catch {
    return undefined
  }
}
