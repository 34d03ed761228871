import type { WebSocket } from 'ws'
import type { PeerMessages } from '../../core/messaging/peer-messages.ts'
import type { UserMessage, UserMessageSubscriber } from '../../core/messaging/user-messages.ts'
import { CLOSE_CODES } from './close-codes.ts'
import type { SocketIdentity } from './socket-auth.ts'
import {
  createSocketConnection,
  type SocketConnection,
  type SocketConnectionNeeds,
} from './socket-connection.ts'

export interface HubNeeds extends SocketConnectionNeeds {
  userMessages: UserMessageSubscriber
  peerMessages: Pick<PeerMessages, 'on'>
  /** How often each session is verified again, in ms. */
  checkIntervalMs: number
  /** Maximum sockets of a user over all sessions, and of one session; a new one evicts the oldest. */
  maxPerUser: number
  maxPerSession: number
}

/** The open sockets of this API process. */
export interface Hub {
  add(ws: WebSocket, identity: SocketIdentity): void
  size(): number
  /** Ids of the users with a socket here. */
  users(): ReadonlySet<string>
  close(): void
}

export function createHub(needs: HubNeeds): Hub {
  const { userMessages, peerMessages, checkIntervalMs, maxPerUser, maxPerSession, log } = needs
  const connections = new Set<SocketConnection>()
  const byUser = new Map<string, Set<SocketConnection>>()

  const deliver = (userId: string | undefined, message: UserMessage) => {
    for (const connection of userId === undefined ? connections : (byUser.get(userId) ?? []))
      connection.send(message)
  }
  const unsubscribers = [
    userMessages.on(deliver),
    peerMessages.on((to, message) => {
      for (const userId of to) deliver(userId, message)
    }),
  ]
  const checkTimer = setInterval(() => {
    for (const connection of connections) connection.check()
  }, checkIntervalMs)
  checkTimer.unref()

  /** Evicts closing sockets first, then the oldest. */
  function evictExcess(own: readonly SocketConnection[], max: number): void {
    const excess = own.length - max + 1
    if (excess <= 0) return
    const [closing, live] = [
      own.filter((connection) => connection.isClosing()),
      own.filter((connection) => !connection.isClosing()),
    ]
    for (const connection of [...closing, ...live].slice(0, excess)) connection.evict()
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
      // Evict instead of refusing: a phone that changed its network leaves dead sockets that only the server still has.
      evictExcess(
        before.filter((connection) => connection.sessionId === sid),
        maxPerSession,
      )
      evictExcess(before, maxPerUser)
      const connection = createSocketConnection(ws, identity, needs)
      const { userId, sessionId } = connection
      connections.add(connection)
      const own = byUser.get(userId) ?? new Set()
      byUser.set(userId, own.add(connection))
      log.info({ event: 'socket_opened', userId, sessionId }, 'socket opened')
      ws.once('close', (code) => {
        remove(connection)
        log.info({ event: 'socket_closed', userId, sessionId, code }, 'socket closed')
      })
    },
    size: () => connections.size,
    users: () => new Set(byUser.keys()),
    close() {
      clearInterval(checkTimer)
      for (const off of unsubscribers) off()
      for (const connection of connections) connection.close(CLOSE_CODES.goingAway, 'going away')
    },
  }
}
