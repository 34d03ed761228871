import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import type { OpaqueRefreshTokens } from './refresh-token.ts'
import type { Rotation, RotationStore } from './refresh-token-rotation.ts'
import type { PendingRevocations, RevocationPublisher, RevocationRecord } from './revocations.ts'
import type { SecurityLog } from './security-log.ts'
import type { Session, SessionCursor, SessionEndReason, SessionStore } from './session-store.ts'
import { reachForRole, type SupervisorReach } from './supervisor-reach.ts'
import { newId, type TokenSubject, type Tokens } from './tokens.ts'
import type { User, UserStore } from './users.ts'

export interface OpenSessionRequest {
  surface: string
  address: string
  userAgent: string
  /** What the surface's document promises inside its tokens: see `TokenExtras.clothing`. */
  extraClaims: ExtraClaims
  /**
   * What refreshes the session: a `token` (JWT) that stays the same and dies with its session, or a
   * `secret` that is replaced each time it is used. Where the surface has neither, the session is over with its last
   * access token: `access` for one that its access token renews (see `Renewal`), `nothing` where none does.
   */
  refreshWith: 'token' | 'secret' | 'access' | 'nothing'
  remember?: boolean
  /** Seconds; otherwise the setting's. */
  accessTtl?: number
}
export type ExtraClaims = (user: User, kind: 'access' | 'refresh') => Record<string, unknown>

/** Lifetimes in seconds. */
export interface OpenedSession {
  sessionId: string
  username: string
  accessToken: string
  /** The refresh token or the refresh secret; empty where the session has none. */
  refreshToken: string
  expiresIn: number
  remember: boolean
}

/**
 * For a surface whose document lets an access token renew itself: only where the session was opened through
 * it, or it would prolong the short-lived tokens of the others.
 */
export interface RefreshOptions {
  surface?: string
  /** Seconds; otherwise the setting's. */
  accessTtl?: number
}

export interface Sessions {
  open(user: User, request: OpenSessionRequest): Promise<OpenedSession>
  /**
   * A new access token for the session of a good token; the session's end stays where it is.
   * @param options what the session must be like, and what the token shall be: see `Renewal`
   * @throws {Refusal} `token_revoked` when the session or its user is no more, `token_wrong_kind` when it was
   *   opened through another surface, `unavailable`
   */
  refresh(
    actor: Actor,
    extraClaims: ExtraClaims,
    options?: RefreshOptions,
  ): Promise<Pick<OpenedSession, 'accessToken' | 'expiresIn'>>
  /**
   * A new access token and the next refresh secret. The direct parent of the current secret gets that same
   * secret again for a moment, so that clients may race; an older one ends the session.
   * @throws {Refusal} `token_invalid` for a secret that is not ours, `token_revoked`, `unavailable`
   */
  rotate(
    secret: string,
    request: Pick<OpenSessionRequest, 'extraClaims' | 'accessTtl' | 'address'>,
  ): Promise<OpenedSession>
  /** Ends the actor's own session: tokens, links and streams of it die everywhere. Doing it twice is doing it once. */
  logout(actor: Pick<Actor, 'userId' | 'sessionId'>, address: string): Promise<void>
  /** Whether a text is a refresh secret of ours, live or not. */
  isRefreshToken(text: string): boolean
  /** The live session that any genuine refresh secret belongs to, also an outdated one. */
  findByRefreshToken(secret: string): Promise<Pick<Actor, 'userId' | 'sessionId'> | undefined>
  list(userId: string, page: { after?: SessionCursor; limit: number }): Promise<Session[]>
  /** @throws {Refusal} `not_found` when the user has no such live session */
  end(userId: string, sessionId: string, by: EndedBy): Promise<void>
  /** @returns how many there were */
  endAll(userId: string, by: EndedBy, exceptId?: string): Promise<number>
}

/** Who ended sessions that are not the one they speak in, and why. */
export interface EndedBy {
  reason: SessionEndReason
  actorId: string
  address: string
}

export interface SessionsNeeds {
  store: SessionStore
  users: Pick<UserStore, 'find'>
  tokens: Tokens
  refreshTokens: OpaqueRefreshTokens
  rotation: Rotation
  rotationStore: Pick<RotationStore, 'delete'>
  revocationPublisher: RevocationPublisher & PendingRevocations
  securityLog: SecurityLog
  supervisorReach: SupervisorReach
  now: () => number
  /** Seconds. */
  accessTtl: number
  refreshTtl: number
  /** Seconds after which a session ends however often it was refreshed. */
  sessionTtl: number
  onError(err: unknown): void
}

export function createSessions(needs: SessionsNeeds): Sessions {
  const {
    store,
    users,
    tokens,
    refreshTokens,
    rotation,
    revocationPublisher,
    securityLog,
    refreshTtl,
    sessionTtl,
  } = needs
  const nowS = () => toUnixSeconds(needs.now())

  function subjectOf(user: User, { id: sid, expiresAt: sxp }: Session): TokenSubject {
    const { id: sub, generation: gen, role, extension } = user
    const isBounded = reachForRole(user, needs.supervisorReach).over === 'team'
    return {
      ...{ sub, sid, gen, role, sxp },
      ...(extension === null ? {} : { extension }),
      ...(isBounded ? { reach: 'team' } : {}),
    }
  }

  /** The session and its user, if both may go on. */
  async function requireActive(sessionId: string): Promise<{ session: Session; user: User }> {
    const session = await store.find(sessionId)
    const at = nowS()
    if (session === undefined || session.endedAt !== null || session.expiresAt <= at) throw sessionEnded()
    if (session.idleExpiresAt <= at) {
      await publishEnd(await store.end(sessionId, at, 'idle' satisfies SessionEndReason))
      throw sessionEnded()
    }
    const user = await users.find(session.userId)
    if (user === undefined || user.disabled) throw sessionEnded()
    return { session, user }
  }

  const accessTokenTtl = (ttl = needs.accessTtl) => Math.min(ttl, refreshTtl)

  async function issueAccessToken(user: User, session: Session, extraClaims: ExtraClaims, ttl?: number) {
    const at = nowS()
    // No access token outlives its session, nor the idle time that begins with it.
    const until = Math.min(at + accessTokenTtl(ttl), session.expiresAt)
    const accessToken = await tokens.issue('access', subjectOf(user, session), until, {
      extraClaims: extraClaims(user, 'access'),
    })
    return { accessToken, expiresIn: until - at, until }
  }

  /** When a session that begins is over: at the latest, and where nothing renews it. */
  function expiryOf({ refreshWith, accessTtl }: OpenSessionRequest, createdAt: number) {
    const access = createdAt + accessTokenTtl(accessTtl)
    switch (refreshWith) {
      case 'nothing':
        return { expiresAt: access, idleExpiresAt: access }
      case 'access':
        return { expiresAt: createdAt + refreshTtl, idleExpiresAt: access }
      // A refresh token says when it ends; a secret can be renewed up to the session's own end.
      case 'token':
        return { expiresAt: createdAt + refreshTtl, idleExpiresAt: createdAt + refreshTtl }
      case 'secret':
        return { expiresAt: createdAt + sessionTtl, idleExpiresAt: createdAt + refreshTtl }
    }
  }

  async function publishEnd(entry: RevocationRecord | undefined): Promise<void> {
    // Ended before, maybe by a try that could not announce it: nobody is told that it is over until it is.
    if (entry === undefined) return revocationPublisher.publishPending()
    await revocationPublisher.publish(entry)
    await needs.rotationStore.delete(entry.key)
  }

  return {
    async open(user, request) {
      const { surface, address, userAgent, extraClaims, refreshWith, remember = false, accessTtl } = request
      const createdAt = nowS()
      const id = newId()
      const secret = refreshWith === 'secret' ? refreshTokens.mint(id, 0) : undefined
      const session: Session = {
        id,
        userId: user.id,
        surface,
        generation: user.generation,
        createdAt,
        lastSeenAt: createdAt,
        ...expiryOf(request, createdAt),
        address,
        userAgent: userAgent.slice(0, 256),
        remember,
        refresh: secret === undefined ? null : { number: 0, hash: secret.hash },
        endedAt: null,
        endReason: null,
      }
      const refreshToken = () =>
        tokens.issue('refresh', subjectOf(user, session), session.expiresAt, {
          extraClaims: extraClaims(user, 'refresh'),
        })
      const [{ accessToken, expiresIn }, refresh] = await Promise.all([
        issueAccessToken(user, session, extraClaims, accessTtl),
        refreshWith === 'token' ? refreshToken() : (secret?.text ?? ''),
      ])
      await store.add(session)
      const { username } = user
      return { sessionId: id, username, refreshToken: refresh, remember, accessToken, expiresIn }
    },

    async refresh(actor, clothing, { surface, accessTtl } = {}) {
      const { session, user } = await requireActive(actor.sessionId)
      if (surface !== undefined && session.surface !== surface) throw new Refusal('token_wrong_kind')
      if (user.generation !== actor.claims.gen) throw sessionEnded()
      const { accessToken, expiresIn, until } = await issueAccessToken(user, session, clothing, accessTtl)
      // Where an access token renews itself, the session is over with the last of them.
      const renewed = surface === undefined ? undefined : until
      await store.touch(session.id, nowS(), renewed)
      return { accessToken, expiresIn }
    },

    async rotate(text, { extraClaims, accessTtl, address }) {
      const secret = refreshTokens.parse(text)
      if (secret === undefined) throw new Refusal('token_invalid')
      const { session, user } = await requireActive(secret.sessionId)
      if (user.generation !== session.generation) throw sessionEnded()
      // First, as it may fail for trouble elsewhere: then the secret must not have been used up.
      const access = await issueAccessToken(user, session, extraClaims, accessTtl)
      const child = await rotation.rotate(secret, session)
      if (child === undefined) {
        securityLog.write({ event: 'authn_token_reuse', userId: user.id, sessionId: session.id, address })
        await publishEnd(await store.end(session.id, nowS(), 'token_reuse' satisfies SessionEndReason))
        throw sessionEnded()
      }
      // The numbers in the secrets make up for a note that could not be taken: no reason to fail.
      const at = nowS()
      await store
        .recordRefresh(session.id, { number: child.number, hash: child.hash }, at, at + refreshTtl)
        .catch(needs.onError)
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
      const secret = refreshTokens.parse(text)
      const session = secret && (await store.find(secret.sessionId))
      if (secret === undefined || session === undefined || session.endedAt !== null) return undefined
      // Whoever holds an old one may end the session: that is what reuse would do anyway.
      return { userId: session.userId, sessionId: session.id }
    },

    list: (userId, page) => store.listActive(userId, nowS(), page),

    async end(userId, sessionId, { reason, actorId, address }) {
      const session = await store.find(sessionId)
      const isLive = session?.endedAt === null && session.expiresAt > nowS()
      if (session?.userId !== userId || !isLive) {
        // It may have ended a moment ago: as with `finish`.
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
      // These, and those that an earlier try has ended and could not announce.
      await revocationPublisher.publishPending()
      await Promise.all(entries.map(({ key }) => needs.rotationStore.delete(key)))
      return entries.length
    },
  }
}

const sessionEnded = () => new Refusal('token_revoked', { detail: 'the session has ended' })
