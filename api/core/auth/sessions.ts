import { createFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import type { SessionProvider } from './providers/session-provider.ts'
import type { OpaqueRefreshTokens } from './refresh-token.ts'
import type { Rotation, RotationStore } from './refresh-token-rotation.ts'
import type { PendingRevocations, RevocationPublisher, RevocationRecord } from './revocations.ts'
import type { SecurityLog } from './security-log.ts'
import { type EndedBy, reasonOfEnd, SessionEnded } from './session-ended.ts'
import type { Session, SessionCursor, SessionEndReason, SessionStore } from './session-store.ts'
import {
  createSessionTokens,
  type ExtraClaims,
  type RefreshMethod,
  type SessionTokensNeeds,
} from './session-tokens.ts'
import { newId } from './tokens.ts'
import type { User, UserStore } from './users.ts'

export type { ExtraClaims }

export interface OpenSessionRequest {
  surface: string
  address: string
  userAgent: string
  extraClaims: ExtraClaims
  refreshWith: RefreshMethod
  remember?: boolean
  /** Seconds; by default the setting's. */
  accessTtl?: number
  provider?: SessionProvider
  /** The app password that was verified instead of the password. */
  appPasswordId?: string
}

/** Lifetimes in seconds. */
export interface OpenedSession {
  sessionId: string
  username: string
  accessToken: string
  /** A JWT or an opaque refresh token; empty where the session has none. */
  refreshToken: string
  expiresIn: number
  remember: boolean
}

/** For a surface that lets an access token renew itself. */
export interface RefreshOptions {
  /** The session must have been opened through it: otherwise it would prolong short-lived tokens of other surfaces. */
  surface?: string
  /** Seconds; by default the setting's. */
  accessTtl?: number
}

export interface Sessions {
  /** @throws {Refusal} `credentials_wrong` if the app password was revoked meanwhile, `unavailable` */
  open(user: User, request: OpenSessionRequest): Promise<OpenedSession>
  /**
   * Issues a new access token for the session of a valid token. The session's end stays where it is.
   * @throws {Refusal} `token_revoked` when the session has ended or its user is gone, `token_wrong_kind` when it was
   *   opened through another surface, `unavailable`
   */
  refresh(
    actor: Actor,
    extraClaims: ExtraClaims,
    options?: RefreshOptions,
  ): Promise<Pick<OpenedSession, 'accessToken' | 'expiresIn'>>
  /**
   * Issues a new access token and the next opaque refresh token. The direct parent of the current one gets the same child
   * again within a grace period, since clients may race; an older token ends the session (reuse detection).
   * @throws {Refusal} `token_invalid` for a token that was never issued, `unavailable`
   * @throws {SessionEnded} with the reason: the token is the session's own
   * @see RFC 9700 §4.14.2
   */
  rotate(
    refreshToken: string,
    request: Pick<OpenSessionRequest, 'extraClaims' | 'accessTtl' | 'address'>,
  ): Promise<OpenedSession>
  /** Ends the actor's own session: its tokens, links and streams end everywhere. Idempotent. */
  logout(actor: Pick<Actor, 'userId' | 'sessionId'>, address: string): Promise<void>
  /** Whether a text is an opaque refresh token that was issued here, valid or not. */
  isRefreshToken(text: string): boolean
  /** The active session of any genuine opaque refresh token, also of an outdated one. */
  findByRefreshToken(refreshToken: string): Promise<Pick<Actor, 'userId' | 'sessionId'> | undefined>
  list(userId: string, page: { after?: SessionCursor; limit: number }): Promise<Session[]>
  /** How many there are in all. */
  count(userId: string): Promise<number>
  /** @throws {Refusal} `not_found` when the user has no such active session */
  end(userId: string, sessionId: string, by: EndedBy): Promise<void>
  /** @returns how many sessions were ended */
  endAll(userId: string, by: EndedBy, exceptId?: string): Promise<number>
}

export interface SessionsNeeds extends SessionTokensNeeds {
  store: SessionStore
  users: Pick<UserStore, 'find'>
  refreshTokens: OpaqueRefreshTokens
  rotation: Rotation
  rotationStore: Pick<RotationStore, 'delete'>
  revocationPublisher: RevocationPublisher & PendingRevocations
  securityLog: SecurityLog
  /** Refreshes cannot be recorded, and can be again: see `createFailureReporter`. */
  onFailure: FailureHandler
}

export function createSessions(needs: SessionsNeeds): Sessions {
  const { store, users, refreshTokens, rotation, revocationPublisher, securityLog } = needs
  const sessionTokens = createSessionTokens(needs)
  const recording = createFailureReporter(needs.onFailure, needs.now)
  const nowS = () => toUnixSeconds(needs.now())

  /** @throws {Refusal} `token_revoked` unless the session is active and its user enabled */
  async function requireActive(sessionId: string): Promise<{ session: Session; user: User }> {
    const session = await store.find(sessionId)
    const at = nowS()
    if (session === undefined || session.endedAt !== null || session.expiresAt <= at)
      throw new SessionEnded(reasonOfEnd(session))
    if (session.idleExpiresAt <= at) {
      await publishEnd(await store.end(sessionId, at, 'idle' satisfies SessionEndReason))
      throw new SessionEnded('idle')
    }
    const user = await users.find(session.userId)
    if (user === undefined || user.disabled) throw new SessionEnded('disabled')
    return { session, user }
  }

  async function publishEnd(entry: RevocationRecord | undefined): Promise<void> {
    // It ended before, perhaps by a request that could not publish it: no client learns of the end before it is published.
    if (entry === undefined) return revocationPublisher.publishPending()
    await revocationPublisher.publish(entry)
    await needs.rotationStore.delete(entry.key)
  }

  return {
    async open(user, request) {
      const { surface, address, userAgent, extraClaims, refreshWith, remember = false, accessTtl } = request
      const createdAt = nowS()
      const id = newId()
      const opaque = refreshWith === 'opaque' ? refreshTokens.mint(id, 0) : undefined
      const session: Session = {
        id,
        userId: user.id,
        surface,
        generation: user.generation,
        createdAt,
        lastSeenAt: createdAt,
        ...sessionTokens.expiryOf(request, createdAt),
        address,
        userAgent: userAgent.slice(0, 256),
        remember,
        refresh: opaque === undefined ? null : { number: 0, hash: opaque.hash },
        ...(request.provider === undefined ? {} : { provider: request.provider }),
        endedAt: null,
        endReason: null,
        appPasswordId: request.appPasswordId ?? null,
      }
      const [{ accessToken, expiresIn }, refreshToken] = await Promise.all([
        sessionTokens.issueAccess(user, session, extraClaims, accessTtl),
        refreshWith === 'jwt' ? sessionTokens.issueRefresh(user, session, extraClaims) : (opaque?.text ?? ''),
      ])
      await store.add(session)
      const { username } = user
      return { sessionId: id, username, refreshToken, remember, accessToken, expiresIn }
    },

    async refresh(actor, extraClaims, { surface, accessTtl } = {}) {
      const { session, user } = await requireActive(actor.sessionId)
      if (surface !== undefined && session.surface !== surface) throw new Refusal('token_wrong_kind')
      if (user.generation !== actor.claims.gen) throw new SessionEnded('changed')
      const access = await sessionTokens.issueAccess(user, session, extraClaims, accessTtl)
      // Where an access token renews itself, the session ends with the last of them.
      const renewedUntil = surface === undefined ? undefined : access.until
      await store.touch(session.id, nowS(), renewedUntil)
      return { accessToken: access.accessToken, expiresIn: access.expiresIn }
    },

    async rotate(text, { extraClaims, accessTtl, address }) {
      const presented = refreshTokens.parse(text)
      if (presented === undefined) throw new Refusal('token_invalid')
      const { session, user } = await requireActive(presented.sessionId)
      if (user.generation !== session.generation) throw new SessionEnded('changed')
      // Before the rotation: if issuing fails, the refresh token must not be used up.
      const access = await sessionTokens.issueAccess(user, session, extraClaims, accessTtl)
      const child = await rotation.rotate(presented, session)
      if (child === undefined) {
        securityLog.write({ event: 'authn_token_reuse', userId: user.id, sessionId: session.id, address })
        await publishEnd(await store.end(session.id, nowS(), 'token_reuse' satisfies SessionEndReason))
        throw new SessionEnded('token_reuse')
      }
      // If this fails, the numbers inside the tokens still order them, so the request succeeds.
      const at = nowS()
      await store
        .recordRefresh(session.id, { number: child.number, hash: child.hash }, at, at + needs.refreshTtl)
        .then(recording.succeeded, recording.failed)
      const { id: sessionId, remember } = session
      const { accessToken, expiresIn } = access
      const { username } = user
      return { sessionId, username, refreshToken: child.text, remember, accessToken, expiresIn }
    },

    async logout({ userId, sessionId }, address) {
      const entry = await store.end(sessionId, nowS(), 'logout' satisfies SessionEndReason)
      if (entry !== undefined) securityLog.write({ event: 'session_logout', userId, sessionId, address })
      await publishEnd(entry)
    },

    isRefreshToken: (text) => refreshTokens.parse(text) !== undefined,

    async findByRefreshToken(text) {
      const presented = refreshTokens.parse(text)
      const session = presented && (await store.find(presented.sessionId))
      if (presented === undefined || session === undefined || session.endedAt !== null) return undefined
      // The holder of an outdated token may end the session, as its reuse would do anyway.
      return { userId: session.userId, sessionId: session.id }
    },

    list: (userId, page) => store.listActive(userId, nowS(), page),

    count: (userId) => store.countActive(userId, nowS()),

    async end(userId, sessionId, { reason, actorId, address }) {
      const session = await store.find(sessionId)
      const isActive = session?.endedAt === null && session.expiresAt > nowS()
      if (session?.userId !== userId || !isActive) {
        // It may have ended a moment ago, and not be published yet: see `publishEnd`.
        await revocationPublisher.publishPending()
        throw new Refusal('not_found', { detail: 'no such session' })
      }
      const entry = await store.end(sessionId, nowS(), reason)
      securityLog.write({ event: 'session_ended', userId, sessionId, reason, actorId, address })
      await publishEnd(entry)
    },

    async endAll(userId, { reason, actorId, address }, exceptId) {
      const entries = await store.endAll(userId, exceptId, nowS(), reason)
      for (const { key: sessionId } of entries) {
        securityLog.write({ event: 'session_ended', userId, sessionId, reason, actorId, address })
      }
      // Includes sessions that an earlier request ended but could not publish.
      await revocationPublisher.publishPending()
      await Promise.all(entries.map(({ key }) => needs.rotationStore.delete(key)))
      return entries.length
    },
  }
}
