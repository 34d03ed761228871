import type { ActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import { Refusal } from '../../core/refusal.ts'
import type { DeskRoutesNeeds } from '../../http/v1/desk-routes.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

/** The routes are there, so that clients can be built; nothing is behind them. */
export function createDeskModule(
  _deps: CallCenterDeps,
  { resolve: resolveActor }: ActorResolver,
): FeatureModule<Omit<DeskRoutesNeeds, 'guard'>> {
  const notThere = async () => {
    throw new Refusal('not_supported')
  }
  return {
    routes: {
      resolveActor,
      desk: { find: notThere, setStatus: notThere, saveNote: notThere, saveResult: notThere },
      texts: { find: notThere, set: notThere },
      callbacks: { set: notThere, remove: notThere, list: notThere },
    },
  }
}
