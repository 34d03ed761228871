import type { WebSocket } from 'ws'
import type { PeerMessages } from '../../core/messaging/peer-messages.ts'
import type { UserMessage, UserMessageSubscriber } from '../../core/messaging/user-messages.ts'
import type { SocketIdentity } from './socket-auth.ts'
import {
  createSocketConnection,
  type SocketConnection,
  type SocketConnectionNeeds,
} from './socket-connection.ts'

export interface HubNeeds extends SocketConnectionNeeds {
  userMessages: UserMessageSubscriber
  peerMessages: Pick<PeerMessages, 'on'>
  /** How often each session is judged again, in ms. */
  checkIntervalMs: number
  /** How many sockets a user has over all sessions, and a session by itself; the oldest makes room for one more. */
  maxPerUser: number
  maxPerSession: number
}

/** The sockets this API holds. */
export interface Hub {
  add(ws: WebSocket, identity: SocketIdentity): void
  size(): number
  /** Who has a socket here. */
  users(): ReadonlySet<string>
  close(): void
}

export function createHub(needs: HubNeeds): Hub {
  const { userMessages, peerMessages, checkIntervalMs, maxPerUser, maxPerSession, log } = needs
  const connections = new Set<SocketConnection>()
  const byUser = new Map<string, Set<SocketConnection>>()

  const deliver = (userId: string | undefined, message: UserMessage) => {
    for (const line of userId === undefined ? connections : (byUser.get(userId) ?? [])) line.send(message)
  }
  const unsubscribers = [
    userMessages.on(deliver),
    peerMessages.on((to, message) => {
      for (const userId of to) deliver(userId, message)
    }),
  ]
  const checkTimer = setInterval(() => {
    for (const line of connections) line.check()
  }, checkIntervalMs)
  checkTimer.unref()

  /** Those that are closing go first, as they serve the user no more; then the oldest. */
  function evictExcess(own: readonly SocketConnection[], max: number): void {
    const excess = own.length - max + 1
    if (excess <= 0) return
    const [closing, live] = [own.filter((line) => line.isClosing()), own.filter((line) => !line.isClosing())]
    for (const line of [...closing, ...live].slice(0, excess)) line.evict()
  }

  function remove(connection: SocketConnection): void {
    connections.delete(connection)
    const own = byUser.get(connection.userId)
    own?.delete(connection)
    if (own?.size === 0) byUser.delete(connection.userId)
  }

  return {
    add(ws, identity) {
      const { sub, sid } = identity.claims
      const before = [...(byUser.get(sub) ?? [])]
      // Not refused: a phone that changed its network has sockets which nobody but the server still believes in.
      evictExcess(
        before.filter((line) => line.sessionId === sid),
        maxPerSession,
      )
      evictExcess(before, maxPerUser)
      const line = createSocketConnection(ws, identity, needs)
      const { userId, sessionId } = line
      connections.add(line)
      const own = byUser.get(userId) ?? new Set()
      byUser.set(userId, own.add(line))
      log.info({ event: 'socket_opened', userId, sessionId }, 'a socket is open')
      ws.once('close', (code) => {
        remove(line)
        log.info({ event: 'socket_closed', userId, sessionId, code }, 'a socket is closed')
      })
    },
    size: () => connections.size,
    users: () => new Set(byUser.keys()),
    close() {
      clearInterval(checkTimer)
      for (const off of unsubscribers) off()
      for (const line of connections) line.close(1001, 'going away')
    },
  }
}
