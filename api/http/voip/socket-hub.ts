import type { WebSocket } from 'ws'
import type { SocketWords } from '../../core/messaging/peer-messages.ts'
import type { Message, NewsHearing } from '../../core/messaging/user-messages.ts'
import type { Guest } from './socket-auth.ts'
import { createLine, type Line, type LineNeeds } from './socket-connection.ts'

export interface HubNeeds extends LineNeeds {
  hearing: NewsHearing
  words: Pick<SocketWords, 'on'>
  /** How often each session is judged again, in ms. */
  judgeMs: number
  /** How many sockets a user has over all sessions, and a session by itself; the oldest makes room for one more. */
  mostPerUser: number
  mostPerSession: number
}

/** The sockets this API holds. */
export interface Hub {
  add(ws: WebSocket, guest: Guest): void
  size(): number
  /** Who has a socket here. */
  users(): ReadonlySet<string>
  close(): void
}

export function createHub(needs: HubNeeds): Hub {
  const { hearing, words, judgeMs, mostPerUser, mostPerSession, log } = needs
  const lines = new Set<Line>()
  const byUser = new Map<string, Set<Line>>()

  const tell = (userId: string | undefined, message: Message) => {
    for (const line of userId === undefined ? lines : (byUser.get(userId) ?? [])) line.tell(message)
  }
  const deaf = [
    hearing.on(tell),
    words.on((to, message) => {
      for (const userId of to) tell(userId, message)
    }),
  ]
  const checking = setInterval(() => {
    for (const line of lines) line.check()
  }, judgeMs)
  checking.unref()

  /** Those that are closing go first, as they serve the user no more; then the oldest. */
  function makeRoom(own: readonly Line[], most: number): void {
    const excess = own.length - most + 1
    if (excess <= 0) return
    const [over, live] = [own.filter((line) => line.isOver()), own.filter((line) => !line.isOver())]
    for (const line of [...over, ...live].slice(0, excess)) line.makeRoom()
  }

  function forget(line: Line): void {
    lines.delete(line)
    const own = byUser.get(line.userId)
    own?.delete(line)
    if (own?.size === 0) byUser.delete(line.userId)
  }

  return {
    add(ws, guest) {
      const { sub, sid } = guest.claims
      const before = [...(byUser.get(sub) ?? [])]
      // Not refused: a phone that changed its network has sockets which nobody but the server still believes in.
      makeRoom(
        before.filter((line) => line.sessionId === sid),
        mostPerSession,
      )
      makeRoom(before, mostPerUser)
      const line = createLine(ws, guest, needs)
      const { userId, sessionId } = line
      lines.add(line)
      const own = byUser.get(userId) ?? new Set()
      byUser.set(userId, own.add(line))
      log.info({ event: 'socket_opened', userId, sessionId }, 'a socket is open')
      ws.once('close', (code) => {
        forget(line)
        log.info({ event: 'socket_closed', userId, sessionId, code }, 'a socket is closed')
      })
    },
    size: () => lines.size,
    users: () => new Set(byUser.keys()),
    close() {
      clearInterval(checking)
      for (const off of deaf) off()
      for (const line of lines) line.close(1001, 'going away')
    },
  }
}
