import { createPhoneReachability } from '../../core/call-center/agents/phone-reachability.ts'
import { type CallStats, createCallStats } from '../../core/call-center/stats/call-stats.ts'
import type { StatsRoutesNeeds } from '../../http/crm/stats-routes.ts'
import { createCallStatsStore } from '../../store/sql/call-center/call-stats.ts'
import type { CallCenterDeps, FeatureModule } from './feature-module.ts'

export function createStatsModule(deps: CallCenterDeps): FeatureModule<StatsRoutesNeeds> {
  const { authorize, config, agents, now } = deps
  return {
    routes: {
      authorize,
      stats: buildCallStats(deps),
      findAgent: agents.find,
      timeZone: config.timeZone,
      now,
    },
  }
}

export function buildCallStats({ db, callModule }: Pick<CallCenterDeps, 'db' | 'callModule'>): CallStats {
  const { callTracker, directory, presence, isOnline } = callModule
  return createCallStats({
    store: createCallStatsStore(db),
    callTracker,
    directory,
    isReachable: createPhoneReachability(presence),
    isOnline,
  })
}
