import { expect } from 'vitest'
import { Refusal } from '../../../api/core/refusal.ts'
import type { Operation } from './interleaving.ts'
import { type Model, type ModelSession, mustBeAlive } from './model.ts'
import { codeOf } from './outcomes.ts'
import { ADDRESS, type SessionSimulation } from './simulation.ts'

/** The cause and actor of the endings that are not logouts. */
const by = { reason: 'ended_by_user', actorId: 'somebody', address: ADDRESS } as const

/** How sessions end, and the model knows of it. */
export interface Endings {
  logOut(it: Operation, session: ModelSession): Promise<void>
  /** As a surface does it after the access token has expired. */
  logOutBySecret(it: Operation, session: ModelSession, text: string): Promise<void>
  end(it: Operation, session: ModelSession): Promise<void>
  /** A user without this session does not end it. */
  endAsStranger(it: Operation, session: ModelSession): Promise<void>
  endOthers(it: Operation, session: ModelSession): Promise<void>
  endAll(it: Operation, userId: string): Promise<void>
  /** Changes an account: afterwards, nothing that it had before is valid. */
  changeAccount(
    it: Operation,
    userId: string,
    change: 'setPassword' | 'promote' | 'disable' | 'remove',
  ): Promise<void>
}

export function createEndings({ sessions, accountAdmin }: SessionSimulation, model: Model): Endings {
  const ofUser = (userId: string) => (session: ModelSession) => session.userId === userId

  /** Ends sessions. An answer that there is no such live session must hold, too. */
  const end = (which: Parameters<Model['endSessions']>[0], action: () => Promise<unknown>) =>
    model.endSessions(which, () =>
      action().catch((err) => {
        if (!(err instanceof Refusal) || err.code !== 'not_found') throw err
      }),
    )

  const only = (session: ModelSession) => ({
    covers: (one: ModelSession) => one === session,
    raisesGeneration: false,
  })

  function applyChange(
    it: Operation,
    userId: string,
    change: Parameters<Endings['changeAccount']>[2],
  ): Promise<unknown> {
    switch (change) {
      case 'setPassword':
        return accountAdmin.setPassword(userId, `password ${it.label}`, by)
      case 'promote':
        return accountAdmin.update(userId, { role: 'supervisor' }, by)
      case 'disable':
        return accountAdmin.disable(userId, by)
      case 'remove':
        return accountAdmin.remove(userId, by)
    }
  }

  return {
    async logOut(it, session) {
      const { userId, id: sessionId } = session
      await codeOf(
        it,
        end(only(session), () => sessions.logout({ userId, sessionId }, ADDRESS)),
      )
    },
    async logOutBySecret(it, session, text) {
      const owner = await codeOf(it, sessions.findByRefreshToken(text))
      if (typeof owner === 'string') return
      if (owner === undefined) {
        if (mustBeAlive(session)) throw new Error(`${it.label}: ${session.id} has no owner`)
        return
      }
      expect(owner).toEqual({ userId: session.userId, sessionId: session.id })
      await codeOf(
        it,
        end(only(session), () => sessions.logout(owner, ADDRESS)),
      )
    },
    async end(it, session) {
      const code = await codeOf(
        it,
        end(only(session), () => sessions.end(session.userId, session.id, by)),
      )
      expect(['unavailable', undefined]).toContain(code)
    },
    async endAsStranger(it, session) {
      const code = await codeOf(it, sessions.end('nobody', session.id, by))
      expect(['not_found', 'unavailable']).toContain(code)
    },
    async endOthers(it, session) {
      const covers = (one: ModelSession) => one.userId === session.userId && one !== session
      await codeOf(
        it,
        end({ covers, raisesGeneration: false }, () => sessions.endAll(session.userId, by, session.id)),
      )
    },
    async endAll(it, userId) {
      await codeOf(
        it,
        end({ covers: ofUser(userId), raisesGeneration: false }, () => sessions.endAll(userId, by)),
      )
    },
    async changeAccount(it, userId, change) {
      const which = { covers: ofUser(userId), raisesGeneration: true }
      await codeOf(
        it,
        model.endSessions(which, () => applyChange(it, userId, change)),
      )
    },
  }
}
