import type { Claims } from '../contract/claims.ts'

/** A stream that the gate admits. */
export interface StreamAdmission {
  /** The id of its connection, which also names its own channel in Nchan. */
  conn: string
  /** The instance that serves it, from 1. */
  instance: number
  claims: Claims
  /** It follows the user's private channel. */
  isPrivate: boolean
}

export interface OpenStream extends StreamAdmission {
  /** Monotonic ms. */
  admittedAt: number
  /** When Nchan reported it as subscribed, in monotonic ms; undefined before. */
  subscribedAt: number | undefined
}

/** The open streams by connection, session and user; each of them in the order of admission. */
export interface StreamRegistry {
  add(stream: OpenStream): void
  remove(stream: OpenStream): void
  clear(): void
  get(conn: string): OpenStream | undefined
  ofSession(sessionId: string): ReadonlySet<OpenStream>
  ofUser(userId: string): ReadonlySet<OpenStream>
  /** Live: a stream that is added during the iteration comes last. */
  all(): MapIterator<OpenStream>
  size(): number
}

const NONE: ReadonlySet<OpenStream> = new Set()

export function createStreamRegistry(): StreamRegistry {
  const byConn = new Map<string, OpenStream>()
  const bySession = new Map<string, Set<OpenStream>>()
  const byUser = new Map<string, Set<OpenStream>>()
  return {
    add(stream) {
      byConn.set(stream.conn, stream)
      addTo(bySession, stream.claims.sid, stream)
      addTo(byUser, stream.claims.sub, stream)
    },
    remove(stream) {
      byConn.delete(stream.conn)
      removeFrom(bySession, stream.claims.sid, stream)
      removeFrom(byUser, stream.claims.sub, stream)
    },
    clear() {
      byConn.clear()
      bySession.clear()
      byUser.clear()
    },
    get: (conn) => byConn.get(conn),
    ofSession: (sessionId) => bySession.get(sessionId) ?? NONE,
    ofUser: (userId) => byUser.get(userId) ?? NONE,
    all: () => byConn.values(),
    size: () => byConn.size,
  }
}

function addTo(sets: Map<string, Set<OpenStream>>, key: string, stream: OpenStream) {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([stream]))
  else set.add(stream)
}

function removeFrom(sets: Map<string, Set<OpenStream>>, key: string, stream: OpenStream) {
  const set = sets.get(key)
  set?.delete(stream)
  if (set?.size === 0) sets.delete(key)
}
