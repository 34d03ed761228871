import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import type { RefreshSecrets } from './refresh-token.ts'
import type { Rotation, RotationStore } from './refresh-token-rotation.ts'
import type { Backlog, LedgerEntry, Revoker } from './revocations.ts'
import type { SecurityLog } from './security-log.ts'
import type { EndReason, Session, SessionCursor, SessionStore } from './session-store.ts'
import { reachOf, type SupervisorReach } from './supervisor-reach.ts'
import { newId, type Subject, type Tokens } from './tokens.ts'
import type { User, UserStore } from './users.ts'

export interface OpenRequest {
  surface: string
  address: string
  userAgent: string
  /** What the surface's document promises inside its tokens: see `TokenExtras.clothing`. */
  clothing: Clothing
  /**
   * What refreshes the session: a `token` (JWT) that stays the same and dies with its session, or a
   * `secret` that is replaced each time it is used. Where the surface has neither, the session is over with its last
   * access token: `access` for one that its access token renews (see `Renewal`), `nothing` where none does.
   */
  refreshBy: 'token' | 'secret' | 'access' | 'nothing'
  remember?: boolean
  /** Seconds; otherwise the setting's. */
  accessTtl?: number
}
export type Clothing = (user: User, kind: 'access' | 'refresh') => Record<string, unknown>

/** Lifetimes in seconds. */
export interface Opened {
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
export interface Renewal {
  surface?: string
  /** Seconds; otherwise the setting's. */
  accessTtl?: number
}

export interface Sessions {
  open(user: User, request: OpenRequest): Promise<Opened>
  /**
   * A new access token for the session of a good token; the session's end stays where it is.
   * @param only what the session must be like, and what the token shall be: see `Renewal`
   * @throws {Refusal} `token_revoked` when the session or its user is no more, `token_wrong_kind` when it was
   *   opened through another surface, `unavailable`
   */
  refresh(
    actor: Actor,
    clothing: Clothing,
    only?: Renewal,
  ): Promise<Pick<Opened, 'accessToken' | 'expiresIn'>>
  /**
   * A new access token and the next refresh secret. The direct parent of the current secret gets that same
   * secret again for a moment, so that clients may race; an older one ends the session.
   * @throws {Refusal} `token_invalid` for a secret that is not ours, `token_revoked`, `unavailable`
   */
  rotate(secret: string, request: Pick<OpenRequest, 'clothing' | 'accessTtl' | 'address'>): Promise<Opened>
  /** Ends the actor's own session: tokens, links and streams of it die everywhere. Doing it twice is doing it once. */
  logout(actor: Pick<Actor, 'userId' | 'sessionId'>, address: string): Promise<void>
  /** Whether a text is a refresh secret of ours, live or not. */
  isSecret(text: string): boolean
  /** The live session that any genuine refresh secret belongs to, also an outdated one. */
  ownerOf(secret: string): Promise<Pick<Actor, 'userId' | 'sessionId'> | undefined>
  list(userId: string, page: { after?: SessionCursor; limit: number }): Promise<Session[]>
  /** @throws {Refusal} `not_found` when the user has no such live session */
  end(userId: string, sessionId: string, by: EndedBy): Promise<void>
  /** @returns how many there were */
  endAll(userId: string, by: EndedBy, exceptId?: string): Promise<number>
}

/** Who ended sessions that are not the one they speak in, and why. */
export interface EndedBy {
  reason: EndReason
  actorId: string
  address: string
}

export interface SessionsNeeds {
  store: SessionStore
  users: Pick<UserStore, 'find'>
  tokens: Tokens
  secrets: RefreshSecrets
  rotation: Rotation
  rotationStore: Pick<RotationStore, 'forget'>
  revoker: Revoker & Backlog
  securityLog: SecurityLog
  supervisorReach: SupervisorReach
  now: () => number
  /** Seconds. */
  accessTtl: number
  refreshTtl: number
  /** Seconds after which a session ends however often it was refreshed. */
  sessionTtl: number
  onTrouble(err: unknown): void
}

export function createSessions(needs: SessionsNeeds): Sessions {
  const { store, users, tokens, secrets, rotation, revoker, securityLog, refreshTtl, sessionTtl } = needs
  const nowS = () => Math.floor(needs.now() / 1000)

  function subjectOf(user: User, { id: sid, expiresAt: sxp }: Session): Subject {
    const { id: sub, generation: gen, role, extension } = user
    const isBounded = reachOf(user, needs.supervisorReach).over === 'team'
    return {
      ...{ sub, sid, gen, role, sxp },
      ...(extension === null ? {} : { extension }),
      ...(isBounded ? { reach: 'team' } : {}),
    }
  }

  /** The session and its user, if both may go on. */
  async function alive(sessionId: string): Promise<{ session: Session; user: User }> {
    const session = await store.find(sessionId)
    const at = nowS()
    if (session === undefined || session.endedAt !== null || session.expiresAt <= at) throw ended()
    if (session.idleExpiresAt <= at) {
      await finish(await store.end(sessionId, at, 'idle' satisfies EndReason))
      throw ended()
    }
    const user = await users.find(session.userId)
    if (user === undefined || user.disabled) throw ended()
    return { session, user }
  }

  const accessLifetime = (ttl = needs.accessTtl) => Math.min(ttl, refreshTtl)

  async function accessFor(user: User, session: Session, clothing: Clothing, ttl?: number) {
    const at = nowS()
    // No access token outlives its session, nor the idle time that begins with it.
    const until = Math.min(at + accessLifetime(ttl), session.expiresAt)
    const accessToken = await tokens.issue('access', subjectOf(user, session), until, {
      clothing: clothing(user, 'access'),
    })
    return { accessToken, expiresIn: until - at, until }
  }

  /** When a session that begins is over: at the latest, and where nothing renews it. */
  function endsOf({ refreshBy, accessTtl }: OpenRequest, createdAt: number) {
    const access = createdAt + accessLifetime(accessTtl)
    switch (refreshBy) {
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

  async function finish(entry: LedgerEntry | undefined): Promise<void> {
    // Ended before, maybe by a try that could not announce it: nobody is told that it is over until it is.
    if (entry === undefined) return revoker.announceWaiting()
    await revoker.announce(entry)
    await needs.rotationStore.forget(entry.key)
  }

  return {
    async open(user, request) {
      const { surface, address, userAgent, clothing, refreshBy, remember = false, accessTtl } = request
      const createdAt = nowS()
      const id = newId()
      const secret = refreshBy === 'secret' ? secrets.mint(id, 0) : undefined
      const session: Session = {
        id,
        userId: user.id,
        surface,
        generation: user.generation,
        createdAt,
        lastSeenAt: createdAt,
        ...endsOf(request, createdAt),
        address,
        userAgent: userAgent.slice(0, 256),
        remember,
        refresh: secret === undefined ? null : { number: 0, hash: secret.hash },
        endedAt: null,
        endReason: null,
      }
      const refreshToken = () =>
        tokens.issue('refresh', subjectOf(user, session), session.expiresAt, {
          clothing: clothing(user, 'refresh'),
        })
      const [{ accessToken, expiresIn }, refresh] = await Promise.all([
        accessFor(user, session, clothing, accessTtl),
        refreshBy === 'token' ? refreshToken() : (secret?.text ?? ''),
      ])
      await store.add(session)
      const { username } = user
      return { sessionId: id, username, refreshToken: refresh, remember, accessToken, expiresIn }
    },

    async refresh(actor, clothing, { surface, accessTtl } = {}) {
      const { session, user } = await alive(actor.sessionId)
      if (surface !== undefined && session.surface !== surface) throw new Refusal('token_wrong_kind')
      if (user.generation !== actor.claims.gen) throw ended()
      const { accessToken, expiresIn, until } = await accessFor(user, session, clothing, accessTtl)
      // Where an access token renews itself, the session is over with the last of them.
      const renewed = surface === undefined ? undefined : until
      await store.touch(session.id, nowS(), renewed)
      return { accessToken, expiresIn }
    },

    async rotate(text, { clothing, accessTtl, address }) {
      const secret = secrets.read(text)
      if (secret === undefined) throw new Refusal('token_invalid')
      const { session, user } = await alive(secret.sessionId)
      if (user.generation !== session.generation) throw ended()
      // First, as it may fail for trouble elsewhere: then the secret must not have been used up.
      const access = await accessFor(user, session, clothing, accessTtl)
      const child = await rotation.childOf(secret, session)
      if (child === undefined) {
        securityLog.write({ event: 'authn_token_reuse', userId: user.id, sessionId: session.id, address })
        await finish(await store.end(session.id, nowS(), 'token_reuse' satisfies EndReason))
        throw ended()
      }
      // The numbers in the secrets make up for a note that could not be taken: no reason to fail.
      const at = nowS()
      await store
        .refreshed(session.id, { number: child.number, hash: child.hash }, at, at + refreshTtl)
        .catch(needs.onTrouble)
      const { id: sessionId, remember } = session
      const { accessToken, expiresIn } = access
      const { username } = user
      return { sessionId, username, refreshToken: child.text, remember, accessToken, expiresIn }
    },

    async logout({ userId, sessionId }, address) {
      const entry = await store.end(sessionId, nowS(), 'logout' satisfies EndReason)
      if (entry !== undefined) securityLog.write({ event: 'session_logout', userId, sessionId, address })
      await finish(entry)
    },

    isSecret: (text) => secrets.read(text) !== undefined,

    async ownerOf(text) {
      const secret = secrets.read(text)
      const session = secret && (await store.find(secret.sessionId))
      if (secret === undefined || session === undefined || session.endedAt !== null) return undefined
      // Whoever holds an old one may end the session: that is what reuse would do anyway.
      return { userId: session.userId, sessionId: session.id }
    },

    list: (userId, page) => store.listOf(userId, nowS(), page),

    async end(userId, sessionId, { reason, actorId, address }) {
      const session = await store.find(sessionId)
      const isLive = session?.endedAt === null && session.expiresAt > nowS()
      if (session?.userId !== userId || !isLive) {
        // It may have ended a moment ago: as with `finish`.
        await revoker.announceWaiting()
        throw new Refusal('not_found', { detail: 'no such session' })
      }
      const entry = await store.end(sessionId, nowS(), reason)
      securityLog.write({ event: 'session_ended', userId, sessionId, reason, actorId, address })
      await finish(entry)
    },

    async endAll(userId, { reason, actorId, address }, exceptId) {
      const entries = await store.endAllOf(userId, exceptId, nowS(), reason)
      for (const { key: sessionId } of entries) {
        securityLog.write({ event: 'session_ended', userId, sessionId, reason, actorId, address })
      }
      // These, and those that an earlier try has ended and could not announce.
      await revoker.announceWaiting()
      await Promise.all(entries.map(({ key }) => needs.rotationStore.forget(key)))
      return entries.length
    },
  }
}

const ended = () => new Refusal('token_revoked', { detail: 'the session has ended' })
