/** What the registry needs of an open socket. */
export interface RegisteredSocket {
  userId: string
  sessionId: string
  /** Closes for a newer socket of the same user or session; one that is closing already gets no more time. */
  evict(): void
  /** Whether it is closing or closed. */
  isClosing(): boolean
}

/** The maximum sockets of a user over all sessions, and of one session. */
export interface SocketLimits {
  maxPerUser: number
  maxPerSession: number
}

/** The open sockets of one kind at this API process. */
export interface SocketRegistry<S extends RegisteredSocket> {
  /**
   * Evicts what is too much for one more socket. Evict instead of refusing: a phone that changed its network leaves dead
   * sockets that only the server still has.
   */
  makeRoom(userId: string, sessionId: string): void
  add(socket: S): void
  remove(socket: S): void
  all(): ReadonlySet<S>
  ofUser(userId: string): ReadonlySet<S>
  /** Ids of the users with a socket here. */
  users(): ReadonlySet<string>
}

export function createSocketRegistry<S extends RegisteredSocket>({
  maxPerUser,
  maxPerSession,
}: SocketLimits): SocketRegistry<S> {
  const sockets = new Set<S>()
  const byUser = new Map<string, Set<S>>()
  const ofUser = (userId: string): ReadonlySet<S> => byUser.get(userId) ?? new Set()

  return {
    makeRoom(userId, sessionId) {
      const own = [...ofUser(userId)]
      evictExcess(
        own.filter((socket) => socket.sessionId === sessionId),
        maxPerSession,
      )
      evictExcess(own, maxPerUser)
    },
    add(socket) {
      sockets.add(socket)
      byUser.set(socket.userId, (byUser.get(socket.userId) ?? new Set<S>()).add(socket))
    },
    remove(socket) {
      sockets.delete(socket)
      const own = byUser.get(socket.userId)
      own?.delete(socket)
      if (own?.size === 0) byUser.delete(socket.userId)
    },
    all: () => sockets,
    ofUser,
    users: () => new Set(byUser.keys()),
  }
}

/** Evicts closing sockets first, then the oldest. */
function evictExcess(own: readonly RegisteredSocket[], max: number): void {
  const excess = own.length - max + 1
  if (excess <= 0) return
  const [closing, live] = [
    own.filter((socket) => socket.isClosing()),
    own.filter((socket) => !socket.isClosing()),
  ]
  for (const socket of [...closing, ...live].slice(0, excess)) socket.evict()
}
