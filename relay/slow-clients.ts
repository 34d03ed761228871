/** The clients that are behind with reading their messages. Each is identified by the function that drops it. */
export interface SlowClients {
  has(drop: () => void): boolean
  /** Drops the client unless it catches up in time; if too many clients are behind, drops the slowest of them at once. */
  add(drop: () => void): void
  /** The client has caught up, or its connection has closed. */
  remove(drop: () => void): void
}

/** At most so many clients may be behind at once, each with a buffer of one message beyond the limit ... */
const MAX_SLOW_CLIENTS = 200
/** ... but no client is dropped for that before it is behind for this long, in ms: a large message delays every client. */
const MIN_SLOW_MS = 1_000

/**
 * @param monotonic a clock that never jumps, in ms
 * @param catchUpTimeoutMs how long a client may be behind
 */
export function createSlowClients(monotonic: () => number, catchUpTimeoutMs: number): SlowClients {
  /** In the order of `since`. */
  const clients = new Map<() => void, { since: number; timer: NodeJS.Timeout }>()
  return {
    has: (drop) => clients.has(drop),
    add(drop) {
      const now = monotonic()
      const [slowest] = clients
      if (slowest !== undefined && clients.size >= MAX_SLOW_CLIENTS && now - slowest[1].since > MIN_SLOW_MS)
        slowest[0]()
      clients.set(drop, { since: now, timer: setTimeout(drop, catchUpTimeoutMs) })
    },
    remove(drop) {
      clearTimeout(clients.get(drop)?.timer)
      clients.delete(drop)
    },
  }
}
