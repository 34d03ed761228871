import { expect } from 'vitest'
import { createEndings } from './endings.ts'
import type { Operation, StoreFailure } from './interleaving.ts'
import type { Model, ModelSession } from './model.ts'
import { codeOf } from './outcomes.ts'
import { chooseSecret, type Garbage, type SecretChoice } from './presented-secrets.ts'
import { createRenewals } from './renewals.ts'
import { createSessionEnd, type SessionEnd } from './session-end.ts'
import type { SessionSimulation } from './simulation.ts'

/** An operation of a client. `session` is an index into the sessions of that moment. */
export type SessionCommand = { failures: readonly StoreFailure[] } & (
  | { do: 'login'; user: string; kind: ModelSession['kind'] }
  | { do: 'rotate' | 'logoutBySecret'; session: number; pick: SecretChoice }
  | { do: 'refresh' | 'logout' | 'end' | 'endAsStranger' | 'endOthers'; session: number }
  | { do: 'garbage'; session: number; garbage: Garbage }
  | { do: 'endAll' | 'setPassword' | 'promote' | 'disable' | 'enable' | 'remove'; user: string }
  | { do: 'pass'; seconds: number }
  | { do: 'tend' }
)

export interface Operations extends SessionEnd {
  /** Does it and holds what comes of it against the rules. */
  perform(command: SessionCommand, label: string): Promise<void>
  /** Asks for a new access token with the newest there is, and nothing fails on the way. */
  refreshNewest(session: ModelSession): Promise<'refreshed' | 'refused'>
}

export function createOperations(world: SessionSimulation, model: Model): Operations {
  const { interleaving, clock, accountAdmin } = world
  const { isOver, expectRejected } = createSessionEnd(world)
  const renewals = createRenewals(world, model, { isOver })
  const endings = createEndings(world, model)

  async function execute(it: Operation, command: SessionCommand): Promise<void> {
    if ('session' in command) {
      const session = model.sessions[command.session % model.sessions.length]
      if (session !== undefined) await executeFor(it, session, command)
      return
    }
    switch (command.do) {
      case 'login':
        return renewals.logIn(it, command.user, command.kind)
      case 'pass':
        clock.nowMs += command.seconds * 1000
        return model.markExpired()
      case 'tend':
        return void (await codeOf(it, world.publishPending()))
      case 'enable':
        return void (await codeOf(
          it,
          accountAdmin.enable(command.user, { actorId: 'admin', address: '192.0.2.9' }),
        ))
      case 'endAll':
        return endings.endAll(it, command.user)
      default:
        return endings.changeAccount(it, command.user, command.do)
    }
  }

  async function executeFor(
    it: Operation,
    session: ModelSession,
    command: SessionCommand & { session: number },
  ): Promise<void> {
    const hasSecrets = session.kind === 'opaque'
    switch (command.do) {
      case 'rotate':
        if (hasSecrets) await renewals.rotate(it, session, chooseSecret(session, command.pick))
        return
      case 'refresh':
        if (!hasSecrets) await renewals.refresh(it, session)
        return
      case 'garbage':
        if (hasSecrets) await renewals.presentGarbage(it, session, command.garbage)
        return
      case 'logout':
        return endings.logOut(it, session)
      case 'logoutBySecret':
        if (hasSecrets) await endings.logOutBySecret(it, session, chooseSecret(session, command.pick))
        return
      case 'end':
        return endings.end(it, session)
      case 'endAsStranger':
        return endings.endAsStranger(it, session)
      case 'endOthers':
        return endings.endOthers(it, session)
    }
  }

  return {
    isOver,
    expectRejected,
    async perform(command, label) {
      await interleaving.perform(`${label} ${command.do}`, command.failures, (it) => execute(it, command))
      expect(model.violations).toEqual([])
      for (const session of model.sessions) if (isOver(session)) expectRejected(session)
    },
    refreshNewest: (session) =>
      interleaving.perform(`last of ${session.id}`, [], async (it) => {
        const code =
          session.kind === 'jwt'
            ? await renewals.refresh(it, session)
            : await renewals.rotate(it, session, chooseSecret(session, 'newest'))
        return code === 'refreshed' ? 'refreshed' : 'refused'
      }),
  }
}
