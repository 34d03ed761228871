import type { WebSocket } from 'ws'
import type { PeerMessages } from '../../core/messaging/peer-messages.ts'
import type { UserMessage, UserMessageSubscriber } from '../../core/messaging/user-messages.ts'
import { createSocketRegistry, type SocketLimits } from '../socket-registry.ts'
import { CLOSE_CODES } from './close-codes.ts'
import type { SocketIdentity } from './socket-auth.ts'
import {
  createSocketConnection,
  type SocketConnection,
  type SocketConnectionNeeds,
} from './socket-connection.ts'

export interface HubNeeds extends SocketConnectionNeeds, SocketLimits {
  userMessages: UserMessageSubscriber
  peerMessages: Pick<PeerMessages, 'on'>
  /** How often each session is verified again, in ms. */
  checkIntervalMs: number
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
  const { userMessages, peerMessages, checkIntervalMs, log } = needs
  const registry = createSocketRegistry<SocketConnection>(needs)

  const deliver = (userId: string | undefined, message: UserMessage) => {
    for (const connection of userId === undefined ? registry.all() : registry.ofUser(userId))
      connection.send(message)
  }
  const unsubscribers = [
    userMessages.on(deliver),
    peerMessages.on((to, message) => {
      for (const userId of to) deliver(userId, message)
    }),
  ]
  const checkTimer = setInterval(() => {
    for (const connection of registry.all()) connection.check()
  }, checkIntervalMs)
  checkTimer.unref()

  return {
    add(ws, identity) {
      const { sub, sid } = identity.claims
      registry.makeRoom(sub, sid)
      const connection = createSocketConnection(ws, identity, needs)
      const { userId, sessionId } = connection
      registry.add(connection)
      log.info({ event: 'socket_opened', userId, sessionId }, 'socket opened')
      ws.once('close', (code) => {
        registry.remove(connection)
        log.info({ event: 'socket_closed', userId, sessionId, code }, 'socket closed')
      })
    },
    size: () => registry.all().size,
    users: registry.users,
    close() {
      clearInterval(checkTimer)
      for (const off of unsubscribers) off()
      for (const connection of registry.all()) connection.close(CLOSE_CODES.goingAway, 'going away')
    },
  }
}
