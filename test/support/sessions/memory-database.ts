import type { RevocationRecord } from '../../../api/core/auth/revocations.ts'
import type { Session, SessionStore } from '../../../api/core/auth/session-store.ts'
import type { User, UserStore } from '../../../api/core/auth/users.ts'
import { Refusal } from '../../../api/core/refusal.ts'

/** One database in memory: each method is one transaction, and returns copies of rows. */
export interface MemoryDatabase {
  users: Pick<UserStore, 'find' | 'findByLogin' | 'setPassword' | 'remove' | 'update'>
  sessions: SessionStore
  /** Revocations that are not published yet, oldest first. */
  unpublished(): RevocationRecord[]
  markPublished(entry: Pick<RevocationRecord, 'id'>): void
  /** A row as it is, for a look from outside. */
  session(id: string): Session | undefined
  user(id: string): User | undefined
}

export function createMemoryDatabase(people: readonly User[]): MemoryDatabase {
  const users = new Map(people.map((user) => [user.id, { ...user }]))
  const sessions = new Map<string, Session>()
  const waiting = new Map<string, RevocationRecord>()
  let entries = 0

  const insertRevocation = (entry: Omit<RevocationRecord, 'id'>): RevocationRecord => {
    const written = { id: String(++entries), ...entry }
    waiting.set(written.id, written)
    return { ...written }
  }
  const requireUser = (id: string): User => {
    const user = users.get(id)
    if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
    return user
  }
  const bumpGeneration = (user: User, until: number) =>
    insertRevocation({ kind: 'user', key: user.id, generation: ++user.generation, until })
  const endSession = (session: Session, atS: number, reason: string): RevocationRecord => {
    session.endedAt = atS
    session.endReason = reason
    return insertRevocation({ kind: 'sid', key: session.id, generation: 0, until: session.expiresAt })
  }
  const copy = <T extends object>(row: T | undefined) =>
    row === undefined ? undefined : structuredClone(row)

  return {
    users: {
      find: async (id) => copy(users.get(id)),
      findByLogin: async (name) => copy([...users.values()].find((user) => user.username === name)),
      async setPassword(id, passwordHash, until) {
        const user = requireUser(id)
        user.passwordHash = passwordHash
        return bumpGeneration(user, until)
      },
      async update(id, change, until) {
        const user = requireUser(id)
        Object.assign(user, change)
        const revocation = change.disabled === false ? undefined : bumpGeneration(user, until)
        return { user: structuredClone(user), revocation }
      },
      async remove(id, until) {
        const user = requireUser(id)
        users.delete(id)
        for (const [sid, { userId }] of sessions) if (userId === id) sessions.delete(sid)
        return bumpGeneration(user, until)
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
      async recordRefresh(id, refresh, atS, idleExpiresAt) {
        const row = sessions.get(id)
        if (row === undefined || (row.refresh !== null && row.refresh.number >= refresh.number)) return
        Object.assign(row, { refresh: { ...refresh }, lastSeenAt: atS, idleExpiresAt })
      },
      async end(id, atS, reason) {
        const row = sessions.get(id)
        return row === undefined || row.endedAt !== null ? undefined : endSession(row, atS, reason)
      },
      endAll: async (userId, exceptId, atS, reason) =>
        [...sessions.values()]
          .filter((row) => row.userId === userId && row.id !== exceptId)
          .filter((row) => row.endedAt === null && row.expiresAt > atS)
          .map((row) => endSession(row, atS, reason)),
      listActive: async () => [],
      countActive: async () => 0,
      activityOf: async () => new Map(),
    },
    unpublished: () => [...waiting.values()],
    markPublished: ({ id }) => void waiting.delete(id),
    session: (id) => copy(sessions.get(id)),
    user: (id) => copy(users.get(id)),
  }
}
