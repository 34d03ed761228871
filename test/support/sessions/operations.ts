import { expect } from 'vitest'
import { actorOf } from '../../../api/core/actor.ts'
import { createRefreshSecrets } from '../../../api/core/auth/refresh-token.ts'
import type { Opened } from '../../../api/core/auth/sessions.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import type { Operation, Trouble } from './interleaving.ts'
import { isSurelyAlive, type Known, type Model, newestOf } from './model.ts'
import type { World } from './simulation.ts'

/** Which of its secrets a session's client presents: the newest, its parent, one before, the very first. */
export type Pick = 'newest' | 'parent' | 'older' | 'first'

/** Something somebody does. `session` counts through the sessions there are by then. */
export type Deed = { troubles: readonly Trouble[] } & (
  | { do: 'login'; user: string; kind: Known['kind'] }
  | { do: 'rotate' | 'logoutBySecret'; session: number; pick: Pick }
  | { do: 'refresh' | 'logout' | 'end' | 'endAsStranger' | 'endOthers'; session: number }
  | { do: 'garbage'; session: number; garbage: 'noise' | 'mutated' | 'foreign' }
  | { do: 'endAll' | 'setPassword' | 'promote' | 'disable' | 'enable' | 'remove'; user: string }
  | { do: 'pass'; seconds: number }
  | { do: 'tend' }
)

export interface Operations {
  /** Does it and holds what comes of it against the rules. */
  perform(deed: Deed, label: string): Promise<void>
  /** Whether its client was told so, or its time is up. */
  isOver(session: Known): boolean
  /** The access and refresh tokens of what is over pass nowhere. */
  mustBeDead(session: Known): void
  /** Asks for a new access token with the newest there is, and nothing fails on the way. */
  refreshNewest(session: Known): Promise<'refreshed' | 'refused'>
}

const CLOTHING = () => ({})
const ADDRESS = '192.0.2.7'
const foreign = createRefreshSecrets(Buffer.alloc(32, 7))

export function createOperations(world: World, model: Model): Operations {
  const { turns, clock, sessions, login, changes, judge, gate, secrets, lifetimes, database } = world
  const nowS = () => Math.floor(clock.nowMs / 1000)
  const by = { reason: 'ended_by_user', actorId: 'somebody', address: ADDRESS } as const
  const ofUser = (userId: string) => (session: Known) => session.userId === userId

  /** @returns its result, or the code of its refusal; trouble is only there where it was drawn */
  async function codeOf<T>(it: Operation, deed: Promise<T>): Promise<T | Refusal['code']> {
    try {
      return await deed
    } catch (err) {
      if (!(err instanceof Refusal)) throw err
      if (!it.troubled) expect(err.code, it.label).not.toBe('unavailable')
      expect(err.code, it.label).not.toBe('internal')
      return err.code
    }
  }

  /** Someone who was told that a session goes on, or that it does not. */
  function mustFit(it: Operation, session: Known, wasOver: boolean, code: string) {
    if (code === 'refreshed') {
      if (wasOver) throw new Error(`${it.label}: ${session.id} was over and went on`)
      return
    }
    if (code === 'unavailable') return
    expect(code, it.label).toBe('token_revoked')
    if (isSurelyAlive(session)) throw new Error(`${it.label}: ${session.id} was lost`)
  }

  async function rotate(it: Operation, session: Known, text: string): Promise<string> {
    const presented = secrets.read(text)?.number ?? Number.NaN
    const wasOver = isOver(session)
    const notedAtFirst = database.session(session.id)?.refresh?.number ?? 0
    const reply = await codeOf<Opened>(it, sessions.rotate(text, { clothing: CLOTHING, address: ADDRESS }))
    const code = typeof reply === 'string' ? reply : 'refreshed'
    if (typeof reply !== 'string') deliver(session, reply, presented)

    if (code === 'token_revoked' && it.foundReuse) session.ended = 'yes'
    mustFit(it, session, wasOver, code)
    if (it.seen !== undefined && code === 'refreshed') {
      const { current, ageMs } = it.seen
      const late = presented === current - 1 && ageMs >= lifetimes.graceMs && notedAtFirst > presented
      if (presented < current - 1 || late) throw new Error(`${it.label}: a copy of a secret was taken`)
    }
    return code
  }

  function deliver(session: Known, opened: Opened, presented: number) {
    const child = secrets.read(opened.refreshToken)
    expect(child).toMatchObject({ sessionId: session.id, number: presented + 1 })
    // Of a session that has ended its rotations are forgotten, too.
    if (isSurelyAlive(session)) {
      expect(session.secrets.get(presented + 1) ?? opened.refreshToken, 'one child').toBe(opened.refreshToken)
    }
    session.secrets.set(presented + 1, opened.refreshToken)
    took(session, opened.accessToken)
  }

  async function refresh(it: Operation, session: Known): Promise<string> {
    const wasOver = isOver(session)
    const verdict = judge.token(session.refreshToken, 'refresh')
    if (!verdict.good) {
      if (isSurelyAlive(session)) throw new Error(`${it.label}: the refresh token of ${session.id} was lost`)
      return verdict.code
    }
    const reply = await codeOf(it, sessions.refresh(actorOf(verdict.claims), CLOTHING))
    if (typeof reply !== 'string') took(session, reply.accessToken)
    const code = typeof reply === 'string' ? reply : 'refreshed'
    mustFit(it, session, wasOver, code)
    return code
  }

  function took(session: Known, access: string) {
    session.access.push(access)
    if (session.kind === 'secret') {
      const row = database.session(session.id)
      session.overAt = Math.max(
        session.overAt,
        Math.min(nowS() + lifetimes.refresh, row?.expiresAt ?? Number.POSITIVE_INFINITY),
      )
    }
    const verdict = gate.token(access, 'access')
    // The clock may have been moved on meanwhile.
    if (isSurelyAlive(session) && !verdict.good) expect(verdict.code, 'a new token').toBe('token_expired')
  }

  function isOver(session: Known): boolean {
    const row = database.session(session.id)
    // A refresh that its client has not heard of yet may have moved it on.
    const noted = row === undefined ? 0 : Math.min(row.expiresAt, row.idleExpiresAt)
    return session.ended === 'yes' || nowS() >= Math.max(session.overAt, noted)
  }

  function mustBeDead(session: Known) {
    for (const ruler of [gate, judge]) {
      for (const access of session.access) expect(ruler.token(access, 'access').good, session.id).toBe(false)
      if (session.kind === 'token') expect(ruler.token(session.refreshToken, 'refresh').good).toBe(false)
    }
  }

  async function logIn(it: Operation, userId: string, kind: Known['kind']) {
    const user = database.user(userId)
    const reply = await codeOf<Opened>(
      it,
      login.login(
        { username: `name-${userId}`, password: user?.passwordHash ?? 'gone' },
        { surface: 'test', address: ADDRESS, userAgent: '', clothing: CLOTHING, refreshBy: kind },
      ),
    )
    if (typeof reply === 'string') return
    const { sessionId, accessToken, refreshToken } = reply
    const row = database.session(sessionId)
    model.opened({
      id: sessionId,
      userId,
      kind,
      readAt: it.readAt ?? 0,
      // Without a row the user has been removed meanwhile.
      overAt: Math.min(
        row?.expiresAt ?? nowS() + lifetimes.session,
        row?.idleExpiresAt ?? nowS() + lifetimes.refresh,
      ),
      access: [accessToken],
      refreshToken: kind === 'token' ? refreshToken : '',
      secrets: new Map(kind === 'secret' ? [[0, refreshToken]] : []),
    })
  }

  /** Ends sessions. Whoever is told that there is no such live session may rely on it, too. */
  const end = (which: Parameters<Model['ending']>[0], deed: () => Promise<unknown>) =>
    model.ending(which, () =>
      deed().catch((err) => {
        if (!(err instanceof Refusal) || err.code !== 'not_found') throw err
      }),
    )

  const only = (session: Known) => ({ covers: (one: Known) => one === session, raisesGeneration: false })

  /** Of an account: after it, nothing of before is good. */
  async function change(it: Operation, userId: string, deed: () => Promise<void>) {
    await codeOf(it, model.ending({ covers: ofUser(userId), raisesGeneration: true }, deed))
  }

  async function act(it: Operation, deed: Deed): Promise<void> {
    const session = 'session' in deed ? model.sessions[deed.session % model.sessions.length] : undefined
    if ('session' in deed && session === undefined) return
    switch (deed.do) {
      case 'login':
        return logIn(it, deed.user, deed.kind)
      case 'pass':
        clock.nowMs += deed.seconds * 1000
        return model.timePassed()
      case 'tend':
        return void (await codeOf(it, world.tend()))
      case 'enable':
        return void (await codeOf(it, changes.enable(deed.user)))
      case 'endAll':
        return void (await codeOf(
          it,
          end({ covers: ofUser(deed.user), raisesGeneration: false }, () => sessions.endAll(deed.user, by)),
        ))
      case 'setPassword':
        return change(it, deed.user, () => changes.setPassword(deed.user, `password ${it.label}`, by))
      case 'promote':
        return change(it, deed.user, () => changes.change(deed.user, { role: 'supervisor' }, by))
      case 'disable':
        return change(it, deed.user, () => changes.disable(deed.user, by))
      case 'remove':
        return change(it, deed.user, () => changes.remove(deed.user, by))
    }
    if (session === undefined) return
    const { id: sessionId, userId } = session
    switch (deed.do) {
      case 'rotate':
        if (session.kind === 'secret') await rotate(it, session, pick(session, deed.pick))
        return
      case 'refresh':
        if (session.kind === 'token') await refresh(it, session)
        return
      case 'garbage':
        if (session.kind === 'secret') {
          const text = garbageLike(pick(session, 'newest'), deed.garbage)
          const request = { clothing: CLOTHING, address: ADDRESS }
          expect(await codeOf(it, sessions.rotate(text, request))).toBe('token_invalid')
          expect(await sessions.ownerOf(text)).toBeUndefined()
        }
        return
      case 'logout':
        return void (await codeOf(
          it,
          end(only(session), () => sessions.logout({ userId, sessionId }, ADDRESS)),
        ))
      case 'logoutBySecret':
        if (session.kind === 'secret') await logOutBySecret(it, session, pick(session, deed.pick))
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

  /** As a surface does it whose access token has run out. */
  async function logOutBySecret(it: Operation, session: Known, text: string) {
    const owner = await codeOf(it, sessions.ownerOf(text))
    if (typeof owner === 'string') return
    if (owner === undefined) {
      if (isSurelyAlive(session)) throw new Error(`${it.label}: nobody owns ${session.id}`)
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
    mustBeDead,
    async perform(deed, label) {
      await turns.perform(`${label} ${deed.do}`, deed.troubles, (it) => act(it, deed))
      expect(model.faults).toEqual([])
      for (const session of model.sessions) if (isOver(session)) mustBeDead(session)
    },
    refreshNewest: (session) =>
      turns.perform(`last of ${session.id}`, [], async (it) => {
        const code =
          session.kind === 'token'
            ? await refresh(it, session)
            : await rotate(it, session, pick(session, 'newest'))
        return code === 'refreshed' ? 'refreshed' : 'refused'
      }),
  }
}

function pick(session: Known, which: Pick): string {
  const newest = newestOf(session)
  const number = { newest, parent: newest - 1, older: newest - 2, first: 0 }[which]
  return session.secrets.get(Math.max(0, number)) ?? session.secrets.get(newest) ?? ''
}

/** What is none of ours, however close it looks. */
function garbageLike(text: string, garbage: 'noise' | 'mutated' | 'foreign'): string {
  if (garbage === 'noise') return 'x'.repeat(text.length)
  if (garbage === 'mutated') return text.slice(0, -1) + (text.endsWith('0') ? '1' : '0')
  return foreign.mint(Buffer.from(text.slice(0, 32), 'hex').toString('base64url'), 9).text
}
