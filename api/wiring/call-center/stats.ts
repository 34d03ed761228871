import { createStats, type Stats } from '../../core/call-center/stats/call-stats.ts'
import type { StatsRoutesNeeds } from '../../http/crm/stats-routes.ts'
import { createDeskStatsStore } from '../../store/sql/call-center/call-stats.ts'
import type { Base, Room } from './feature-module.ts'

export function joinStats(base: Base): Room<StatsRoutesNeeds> {
  const { door, config, agents, now } = base
  return {
    routes: { door, stats: statsOf(base), findAgent: agents.find, timeZone: config.timeZone, now },
  }
}

export function statsOf({ db, telephony }: Pick<Base, 'db' | 'telephony'>): Stats {
  const { table, directory, presence, isOnline } = telephony
  return createStats({
    store: createDeskStatsStore(db),
    table,
    directory,
    isReachable: (extension) => presence.isReachable(extension) && !presence.isDnd(extension),
    isOnline,
  })
}
