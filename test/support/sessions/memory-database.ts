import type { LedgerEntry } from '../../../api/core/auth/revocations.ts'
import type { Session, SessionStore } from '../../../api/core/auth/session-store.ts'
import type { User, UserStore } from '../../../api/core/auth/users.ts'
import { Refusal } from '../../../api/core/refusal.ts'

/** One database in memory: each method is one transaction, and nobody gets hold of a row itself. */
export interface MemoryDatabase {
  users: Pick<UserStore, 'find' | 'findByLogin' | 'setPassword' | 'setDisabled' | 'remove' | 'change'>
  sessions: SessionStore
  /** Entries that wait to be announced, oldest first. */
  waiting(): LedgerEntry[]
  announced(entry: Pick<LedgerEntry, 'id'>): void
  /** A row as it is, for a look from outside. */
  session(id: string): Session | undefined
  user(id: string): User | undefined
}

export function createMemoryDatabase(people: readonly User[]): MemoryDatabase {
  const users = new Map(people.map((user) => [user.id, { ...user }]))
  const sessions = new Map<string, Session>()
  const waiting = new Map<string, LedgerEntry>()
  let entries = 0

  const enter = (entry: Omit<LedgerEntry, 'id'>): LedgerEntry => {
    const written = { id: String(++entries), ...entry }
    waiting.set(written.id, written)
    return { ...written }
  }
  const mustFind = (id: string): User => {
    const user = users.get(id)
    if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    return user
  }
  const outdate = (user: User, until: number) =>
    enter({ kind: 'user', key: user.id, generation: ++user.generation, until })
  const over = (session: Session, atS: number, reason: string): LedgerEntry => {
    session.endedAt = atS
    session.endReason = reason
    return enter({ kind: 'sid', key: session.id, generation: 0, until: session.expiresAt })
  }
  const copy = <T extends object>(row: T | undefined) =>
    row === undefined ? undefined : structuredClone(row)

  return {
    users: {
      find: async (id) => copy(users.get(id)),
      findByLogin: async (name) => copy([...users.values()].find((user) => user.username === name)),
      async setPassword(id, passwordHash, until) {
        const user = mustFind(id)
        user.passwordHash = passwordHash
        return outdate(user, until)
      },
      async setDisabled(id, disabled, until) {
        const user = mustFind(id)
        user.disabled = disabled
        return disabled ? outdate(user, until) : undefined
      },
      async change(id, change, until) {
        const user = mustFind(id)
        Object.assign(user, change)
        return outdate(user, until)
      },
      async remove(id, until) {
        const user = mustFind(id)
        users.delete(id)
        for (const [sid, { userId }] of sessions) if (userId === id) sessions.delete(sid)
        return outdate(user, until)
      },
    },
    sessions: {
      async add(session) {
        if (!users.has(session.userId)) throw new Refusal('not_found', { detail: 'a session without a user' })
        sessions.set(session.id, structuredClone(session))
      },
      find: async (id) => copy(sessions.get(id)),
      async touch(id, atS) {
        const row = sessions.get(id)
        if (row !== undefined) row.lastSeenAt = Math.max(row.lastSeenAt, atS)
      },
      async refreshed(id, refresh, atS, idleExpiresAt) {
        const row = sessions.get(id)
        if (row === undefined || (row.refresh !== null && row.refresh.number >= refresh.number)) return
        Object.assign(row, { refresh: { ...refresh }, lastSeenAt: atS, idleExpiresAt })
      },
      async end(id, atS, reason) {
        const row = sessions.get(id)
        return row === undefined || row.endedAt !== null ? undefined : over(row, atS, reason)
      },
      endAllOf: async (userId, exceptId, atS, reason) =>
        [...sessions.values()]
          .filter((row) => row.userId === userId && row.id !== exceptId)
          .filter((row) => row.endedAt === null && row.expiresAt > atS)
          .map((row) => over(row, atS, reason)),
      listOf: async () => [],
      usesOf: async () => new Map(),
    },
    waiting: () => [...waiting.values()],
    announced: ({ id }) => void waiting.delete(id),
    session: (id) => copy(sessions.get(id)),
    user: (id) => copy(users.get(id)),
  }
}
