import { expect } from 'vitest'
import { actorOf } from '../../../api/core/actor.ts'
import { createOpaqueRefreshTokens } from '../../../api/core/auth/refresh-token.ts'
import type { OpenedSession } from '../../../api/core/auth/sessions.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import type { Operation, StoreFailure } from './interleaving.ts'
import { type Model, type ModelSession, mustBeAlive, newestOf } from './model.ts'
import type { SessionSimulation } from './simulation.ts'

/** Which of its secrets a session's client presents: the newest, its parent, one before, the very first. */
export type SecretChoice = 'newest' | 'parent' | 'older' | 'first'

/** An operation of a client. `session` is an index into the sessions of that moment. */
export type SessionCommand = { failures: readonly StoreFailure[] } & (
  | { do: 'login'; user: string; kind: ModelSession['kind'] }
  | { do: 'rotate' | 'logoutBySecret'; session: number; pick: SecretChoice }
  | { do: 'refresh' | 'logout' | 'end' | 'endAsStranger' | 'endOthers'; session: number }
  | { do: 'garbage'; session: number; garbage: 'noise' | 'mutated' | 'foreign' }
  | { do: 'endAll' | 'setPassword' | 'promote' | 'disable' | 'enable' | 'remove'; user: string }
  | { do: 'pass'; seconds: number }
  | { do: 'tend' }
)

export interface Operations {
  /** Does it and holds what comes of it against the rules. */
  perform(deed: SessionCommand, label: string): Promise<void>
  /** Whether its client got the answer, or its time is up. */
  isOver(session: ModelSession): boolean
  /** The access and refresh tokens of what is over pass nowhere. */
  expectRejected(session: ModelSession): void
  /** Asks for a new access token with the newest there is, and nothing fails on the way. */
  refreshNewest(session: ModelSession): Promise<'refreshed' | 'refused'>
}

const EXTRA_CLAIMS = () => ({})
const ADDRESS = '192.0.2.7'
const foreign = createOpaqueRefreshTokens(Buffer.alloc(32, 7))

export function createOperations(world: SessionSimulation, model: Model): Operations {
  const {
    interleaving,
    clock,
    sessions,
    login,
    accountAdmin,
    apiVerifier,
    gateVerifier,
    secrets,
    lifetimes,
    database,
  } = world
  const nowS = () => Math.floor(clock.nowMs / 1000)
  const by = { reason: 'ended_by_user', actorId: 'somebody', address: ADDRESS } as const
  const ofUser = (userId: string) => (session: ModelSession) => session.userId === userId

  /** @returns its result, or the code of its refusal; it fails only where a failure was drawn */
  async function codeOf<T>(it: Operation, result: Promise<T>): Promise<T | Refusal['code']> {
    try {
      return await result
    } catch (err) {
      if (!(err instanceof Refusal)) throw err
      if (!it.hasFailed) expect(err.code, it.label).not.toBe('unavailable')
      expect(err.code, it.label).not.toBe('internal')
      return err.code
    }
  }

  /** A client with an answer that a session goes on, or that it does not. */
  function expectConsistent(it: Operation, session: ModelSession, wasOver: boolean, code: string) {
    if (code === 'refreshed') {
      if (wasOver) throw new Error(`${it.label}: ${session.id} was over and went on`)
      return
    }
    if (code === 'unavailable') return
    expect(code, it.label).toBe('token_revoked')
    if (mustBeAlive(session)) throw new Error(`${it.label}: ${session.id} was lost`)
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

  function isOver(session: ModelSession): boolean {
    const row = database.session(session.id)
    // A refresh without its answer yet may have rotated it.
    const noted = row === undefined ? 0 : Math.min(row.expiresAt, row.idleExpiresAt)
    return session.ended === 'yes' || nowS() >= Math.max(session.validUntil, noted)
  }

  function expectRejected(session: ModelSession) {
    for (const ruler of [gateVerifier, apiVerifier]) {
      for (const access of session.access) expect(ruler.verify(access, 'access').ok, session.id).toBe(false)
      if (session.kind === 'jwt') expect(ruler.verify(session.refreshToken, 'refresh').ok).toBe(false)
    }
  }

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

  /** Ends sessions. An answer that there is no such live session must hold, too. */
  const end = (which: Parameters<Model['endSessions']>[0], deed: () => Promise<unknown>) =>
    model.endSessions(which, () =>
      deed().catch((err) => {
        if (!(err instanceof Refusal) || err.code !== 'not_found') throw err
      }),
    )

  const only = (session: ModelSession) => ({
    covers: (one: ModelSession) => one === session,
    raisesGeneration: false,
  })

  /** Of an account: after it, nothing of before is good. */
  async function change(it: Operation, userId: string, deed: () => Promise<void>) {
    await codeOf(it, model.endSessions({ covers: ofUser(userId), raisesGeneration: true }, deed))
  }

  async function execute(it: Operation, deed: SessionCommand): Promise<void> {
    const session = 'session' in deed ? model.sessions[deed.session % model.sessions.length] : undefined
    if ('session' in deed && session === undefined) return
    switch (deed.do) {
      case 'login':
        return logIn(it, deed.user, deed.kind)
      case 'pass':
        clock.nowMs += deed.seconds * 1000
        return model.markExpired()
      case 'tend':
        return void (await codeOf(it, world.publishPending()))
      case 'enable':
        return void (await codeOf(it, accountAdmin.enable(deed.user)))
      case 'endAll':
        return void (await codeOf(
          it,
          end({ covers: ofUser(deed.user), raisesGeneration: false }, () => sessions.endAll(deed.user, by)),
        ))
      case 'setPassword':
        return change(it, deed.user, () => accountAdmin.setPassword(deed.user, `password ${it.label}`, by))
      case 'promote':
        return change(it, deed.user, () => accountAdmin.update(deed.user, { role: 'supervisor' }, by))
      case 'disable':
        return change(it, deed.user, () => accountAdmin.disable(deed.user, by))
      case 'remove':
        return change(it, deed.user, () => accountAdmin.remove(deed.user, by))
    }
    if (session === undefined) return
    const { id: sessionId, userId } = session
    switch (deed.do) {
      case 'rotate':
        if (session.kind === 'opaque') await rotate(it, session, chooseSecret(session, deed.pick))
        return
      case 'refresh':
        if (session.kind === 'jwt') await refresh(it, session)
        return
      case 'garbage':
        if (session.kind === 'opaque') {
          const text = invalidSecretLike(chooseSecret(session, 'newest'), deed.garbage)
          const request = { extraClaims: EXTRA_CLAIMS, address: ADDRESS }
          expect(await codeOf(it, sessions.rotate(text, request))).toBe('token_invalid')
          expect(await sessions.findByRefreshToken(text)).toBeUndefined()
        }
        return
      case 'logout':
        return void (await codeOf(
          it,
          end(only(session), () => sessions.logout({ userId, sessionId }, ADDRESS)),
        ))
      case 'logoutBySecret':
        if (session.kind === 'opaque') await logOutBySecret(it, session, chooseSecret(session, deed.pick))
        return
      case 'end': {
        const code = await codeOf(
          it,
          end(only(session), () => sessions.end(userId, sessionId, by)),
        )
        expect(['unavailable', undefined]).toContain(code)
        return
      }
      case 'endAsStranger':
        expect(['not_found', 'unavailable']).toContain(
          await codeOf(it, sessions.end('nobody', sessionId, by)),
        )
        return
      case 'endOthers':
        return void (await codeOf(
          it,
          end({ covers: (one) => one.userId === userId && one !== session, raisesGeneration: false }, () =>
            sessions.endAll(userId, by, sessionId),
          ),
        ))
    }
  }

  /** As a surface does it after the access token has expired. */
  async function logOutBySecret(it: Operation, session: ModelSession, text: string) {
    const owner = await codeOf(it, sessions.findByRefreshToken(text))
    if (typeof owner === 'string') return
    if (owner === undefined) {
      if (mustBeAlive(session)) throw new Error(`${it.label}: nobody owns ${session.id}`)
      return
    }
    expect(owner).toEqual({ userId: session.userId, sessionId: session.id })
    await codeOf(
      it,
      end(only(session), () => sessions.logout(owner, ADDRESS)),
    )
  }

  return {
    isOver,
    expectRejected,
    async perform(deed, label) {
      await interleaving.perform(`${label} ${deed.do}`, deed.failures, (it) => execute(it, deed))
      expect(model.violations).toEqual([])
      for (const session of model.sessions) if (isOver(session)) expectRejected(session)
    },
    refreshNewest: (session) =>
      interleaving.perform(`last of ${session.id}`, [], async (it) => {
        const code =
          session.kind === 'jwt'
            ? await refresh(it, session)
            : await rotate(it, session, chooseSecret(session, 'newest'))
        return code === 'refreshed' ? 'refreshed' : 'refused'
      }),
  }
}

function chooseSecret(session: ModelSession, which: SecretChoice): string {
  const newest = newestOf(session)
  const number = { newest, parent: newest - 1, older: newest - 2, first: 0 }[which]
  return session.secrets.get(Math.max(0, number)) ?? session.secrets.get(newest) ?? ''
}

/** What is none of ours, however close it looks. */
function invalidSecretLike(text: string, garbage: 'noise' | 'mutated' | 'foreign'): string {
  if (garbage === 'noise') return 'x'.repeat(text.length)
  if (garbage === 'mutated') return text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')
  return foreign.mint(Buffer.from(text.slice(0, 32), 'hex').toString('base64url'), 9).text
}
