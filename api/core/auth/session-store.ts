import type { ProviderLogoutTarget, SessionProvider } from './providers/session-provider.ts'
import type { RefreshState } from './refresh-token-rotation.ts'
import type { RevocationRecord } from './revocations.ts'

/** One login. Times are unix seconds. */
export interface Session {
  /** 22 base64url characters: 128 random bits. */
  id: string
  userId: string
  /** Of the login, such as `softphone`. */
  surface: string
  /** The user's at login: see `User.generation`. */
  generation: number
  createdAt: number
  lastSeenAt: number
  /** Everything of the session expires then. */
  expiresAt: number
  /** The session also ends then unless it is refreshed: each refresh moves it. */
  idleExpiresAt: number
  address: string
  userAgent: string
  /** Whether the client asked to outlive its browser window. */
  remember: boolean
  /** The last opaque refresh token of a session that has them; null for others. */
  refresh: RefreshState | null
  /** Of a session that was opened through an identity provider. */
  provider?: SessionProvider
  endedAt: number | null
  /** Null while the session is active. */
  endReason: SessionEndReason | string | null
  /** The app password that opened the session; null for any other proof. */
  appPasswordId: string | null
}

/** Why a session ended. */
export type SessionEndReason =
  | 'logout'
  | 'ended_by_user'
  | 'ended_by_admin'
  | 'token_reuse'
  | 'idle'
  | 'password'
  /** The role, the extension or a supervisor's team changed: tokens contain all three. */
  | 'changed'
  | 'disabled'
  /** The person signed out at the identity provider, or an administrator there ended that session. */
  | 'ended_by_provider'

/** The next page of a list begins after this session. */
export type SessionCursor = Pick<Session, 'createdAt' | 'id'>

/** Over all of a user's sessions, ended ones included. Unix seconds. */
export interface SessionActivity {
  lastLogin: number
  lastSeen: number
}

export interface SessionStore {
  /** @throws {Refusal} `credentials_wrong` if its app password was revoked meanwhile */
  add(session: Session): Promise<void>
  find(id: string): Promise<Session | undefined>
  /** Records that the session was used. @param idleExpiresAt the new one; an earlier one has no effect */
  touch(id: string, atS: number, idleExpiresAt?: number): Promise<void>
  /** Records a rotation; a late one, with a lower number, has no effect. */
  recordRefresh(id: string, refresh: RefreshState, atS: number, idleExpiresAt: number): Promise<void>
  /**
   * Ends a session and, in the same transaction, inserts its revocation (`kind` sid, until its `expiresAt`).
   * @returns the revocation, or undefined when the session is unknown or had ended before
   */
  end(id: string, atS: number, reason: string): Promise<RevocationRecord | undefined>
  /** Ends all active sessions of a user but one, as `end` does, in one transaction. */
  endAll(
    userId: string,
    exceptId: string | undefined,
    atS: number,
    reason: string,
  ): Promise<RevocationRecord[]>
  /** A user's active sessions, newest first, a page at a time. */
  listActive(userId: string, nowS: number, page: { after?: SessionCursor; limit: number }): Promise<Session[]>
  countActive(userId: string, nowS: number): Promise<number>
  /** When users last logged in and were last active; without users who never logged in. */
  activityOf(userIds: readonly string[]): Promise<ReadonlyMap<string, SessionActivity>>
}

export interface ProviderSessionStore {
  /** Active sessions of a session at a provider, or, where that is null, of a person there. */
  findByProvider(target: ProviderLogoutTarget): Promise<Session[]>
}
