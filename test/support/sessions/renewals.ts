import { expect } from 'vitest'
import { actorOf } from '../../../api/core/actor.ts'
import type { OpenedSession } from '../../../api/core/auth/sessions.ts'
import type { Operation } from './interleaving.ts'
import { type Model, type ModelSession, mustBeAlive } from './model.ts'
import { codeOf, expectConsistent } from './outcomes.ts'
import { chooseSecret, type Garbage, invalidSecretLike } from './presented-secrets.ts'
import type { SessionEnd } from './session-end.ts'
import { ADDRESS, type SessionSimulation } from './simulation.ts'

/** How a client gets tokens, and what it gets is recorded in the model. */
export interface Renewals {
  logIn(it: Operation, userId: string, kind: ModelSession['kind']): Promise<void>
  /** @returns `refreshed`, or the code of the refusal; so does `refresh` */
  rotate(it: Operation, session: ModelSession, text: string): Promise<string>
  refresh(it: Operation, session: ModelSession): Promise<string>
  /** A text that is no secret of ours is refused, and belongs to no session. */
  presentGarbage(it: Operation, session: ModelSession, garbage: Garbage): Promise<void>
}

const EXTRA_CLAIMS = () => ({})

export function createRenewals(
  world: SessionSimulation,
  model: Model,
  { isOver }: Pick<SessionEnd, 'isOver'>,
): Renewals {
  const { clock, sessions, login, apiVerifier, gateVerifier, secrets, lifetimes, database } = world
  const nowS = () => Math.floor(clock.nowMs / 1000)

  async function logIn(it: Operation, userId: string, kind: ModelSession['kind']) {
    const user = database.user(userId)
    const reply = await codeOf<OpenedSession>(
      it,
      login.login(
        { username: `name-${userId}`, password: user?.passwordHash ?? 'gone' },
        { surface: 'test', address: ADDRESS, userAgent: '', extraClaims: EXTRA_CLAIMS, refreshWith: kind },
      ),
    )
    if (typeof reply === 'string') return
    const { sessionId, accessToken, refreshToken } = reply
    const row = database.session(sessionId)
    model.addSession({
      id: sessionId,
      userId,
      kind,
      readAt: it.readAt ?? 0,
      // Without a row the user has been removed meanwhile.
      validUntil: Math.min(
        row?.expiresAt ?? nowS() + lifetimes.session,
        row?.idleExpiresAt ?? nowS() + lifetimes.refresh,
      ),
      access: [accessToken],
      refreshToken: kind === 'jwt' ? refreshToken : '',
      secrets: new Map(kind === 'opaque' ? [[0, refreshToken]] : []),
    })
  }

  async function rotate(it: Operation, session: ModelSession, text: string): Promise<string> {
    const presented = secrets.parse(text)?.number ?? Number.NaN
    const wasOver = isOver(session)
    const notedAtFirst = database.session(session.id)?.refresh?.number ?? 0
    const reply = await codeOf<OpenedSession>(
      it,
      sessions.rotate(text, { extraClaims: EXTRA_CLAIMS, address: ADDRESS }),
    )
    const code = typeof reply === 'string' ? reply : 'refreshed'
    if (typeof reply !== 'string') recordRotation(session, reply, presented)

    if (code === 'token_revoked' && it.foundReuse) session.ended = 'yes'
    expectConsistent(it, session, wasOver, code)
    if (it.rotationAttempt !== undefined && code === 'refreshed') {
      const { current, ageMs } = it.rotationAttempt
      const late = presented === current - 1 && ageMs >= lifetimes.graceMs && notedAtFirst > presented
      if (presented < current - 1 || late) throw new Error(`${it.label}: a copy of a secret was taken`)
    }
    return code
  }

  function recordRotation(session: ModelSession, opened: OpenedSession, presented: number) {
    const child = secrets.parse(opened.refreshToken)
    expect(child).toMatchObject({ sessionId: session.id, number: presented + 1 })
    // Of a session that has ended its rotations are forgotten, too.
    if (mustBeAlive(session)) {
      expect(session.secrets.get(presented + 1) ?? opened.refreshToken, 'one child').toBe(opened.refreshToken)
    }
    session.secrets.set(presented + 1, opened.refreshToken)
    recordAccessToken(session, opened.accessToken)
  }

  async function refresh(it: Operation, session: ModelSession): Promise<string> {
    const wasOver = isOver(session)
    const verdict = apiVerifier.verify(session.refreshToken, 'refresh')
    if (!verdict.ok) {
      if (mustBeAlive(session)) throw new Error(`${it.label}: the refresh token of ${session.id} was lost`)
      return verdict.code
    }
    const reply = await codeOf(it, sessions.refresh(actorOf(verdict.claims), EXTRA_CLAIMS))
    if (typeof reply !== 'string') recordAccessToken(session, reply.accessToken)
    const code = typeof reply === 'string' ? reply : 'refreshed'
    expectConsistent(it, session, wasOver, code)
    return code
  }

  function recordAccessToken(session: ModelSession, access: string) {
    session.access.push(access)
    if (session.kind === 'opaque') {
      const row = database.session(session.id)
      session.validUntil = Math.max(
        session.validUntil,
        Math.min(nowS() + lifetimes.refresh, row?.expiresAt ?? Number.POSITIVE_INFINITY),
      )
    }
    const verdict = gateVerifier.verify(access, 'access')
    // The clock may have been moved on meanwhile.
    if (mustBeAlive(session) && !verdict.ok) expect(verdict.code, 'a new token').toBe('token_expired')
  }

  return {
    logIn,
    rotate,
    refresh,
    async presentGarbage(it, session, garbage) {
      const text = invalidSecretLike(chooseSecret(session, 'newest'), garbage)
      const request = { extraClaims: EXTRA_CLAIMS, address: ADDRESS }
      expect(await codeOf(it, sessions.rotate(text, request))).toBe('token_invalid')
      expect(await sessions.findByRefreshToken(text)).toBeUndefined()
    },
  }
}
