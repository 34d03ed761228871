import type { RefreshState } from './refresh-token-rotation.ts'
import type { RevocationRecord } from './revocations.ts'

/** One login. Times are unix seconds. */
export interface Session {
  /** 22 base64url characters: 128 random bits. */
  id: string
  userId: string
  /** The dialect the login came through, such as `softphone`. */
  surface: string
  /** The user's at the time of the login: see `User.generation`. */
  generation: number
  createdAt: number
  lastSeenAt: number
  /** Nothing of the session is good after this moment. */
  expiresAt: number
  /** Nor after this one, which each refresh moves on. */
  idleExpiresAt: number
  address: string
  userAgent: string
  /** Whether the client asked to outlive its browser window. */
  remember: boolean
  /** The last refresh secret of a session that rotates them; null for others. */
  refresh: RefreshState | null
  endedAt: number | null
  /** Null while it lives. */
  endReason: SessionEndReason | string | null
}

/** Why a session ended. */
export type SessionEndReason =
  | 'logout'
  | 'ended_by_user'
  | 'ended_by_admin'
  | 'token_reuse'
  | 'idle'
  | 'password'
  /** Their role, their extension or a supervisor's team became another one: tokens tell of all three. */
  | 'changed'
  | 'disabled'

/** Where the next page of a list begins: behind this session. */
export type SessionCursor = Pick<Session, 'createdAt' | 'id'>

/** Of all of a user's sessions, also those that are over. Unix seconds. */
export interface SessionActivity {
  lastLogin: number
  lastSeen: number
}

export interface SessionStore {
  add(session: Session): Promise<void>
  find(id: string): Promise<Session | undefined>
  /** Notes that the session was used. @param idleExpiresAt where that moves it on; never back */
  touch(id: string, atS: number, idleExpiresAt?: number): Promise<void>
  /** Notes a rotation; one that comes late changes nothing. */
  recordRefresh(id: string, refresh: RefreshState, atS: number, idleExpiresAt: number): Promise<void>
  /**
   * Ends a session and, in the same transaction, writes the revocation of it (`kind` sid, until its
   * `expiresAt`) into the ledger.
   * @returns the revocation, or undefined when the session is unknown or had ended before
   */
  end(id: string, atS: number, reason: string): Promise<RevocationRecord | undefined>
  /** Ends all live sessions of a user but one, as `end` does, in one transaction. */
  endAll(
    userId: string,
    exceptId: string | undefined,
    atS: number,
    reason: string,
  ): Promise<RevocationRecord[]>
  /** A user's live sessions, the newest first, a page at a time. */
  listActive(userId: string, nowS: number, page: { after?: SessionCursor; limit: number }): Promise<Session[]>
  /** When users logged in last and were heard of last; nobody is in it who never did. */
  activityOf(userIds: readonly string[]): Promise<ReadonlyMap<string, SessionActivity>>
}
