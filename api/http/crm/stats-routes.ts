import type { Hono } from 'hono'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { Scope } from '../../core/call-center/agents/scope.ts'
import type { CallStats } from '../../core/call-center/stats/call-stats.ts'
import { Refusal } from '../../core/refusal.ts'
import { startOfDay } from '../../core/values/start-of-day.ts'
import { readQuery } from '../errors.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { idParam } from './ids.ts'
import * as wire from './stats-wire.ts'

export interface StatsRoutesNeeds {
  authorize: Authorize
  stats: Pick<CallStats, 'realtime' | 'forAgent'>
  /** Undefined also for an agent that the scope does not show. */
  findAgent(id: string, scope: Scope): Promise<Agent | undefined>
  /** IANA name. */
  timeZone: string
  now: () => number
}

export function addStatsRoutes(app: Hono<CrmEnv>, needs: StatsRoutesNeeds): void {
  const { authorize, stats } = needs
  const nowS = () => toUnixSeconds(needs.now())
  /** Up to now: what begins in this second counts. */
  const today = (timeZone = needs.timeZone) => ({ from: startOfDay(nowS(), timeZone), until: nowS() + 1 })

  for (const [path, operation] of [
    ['/api/stats/realtime', 'crmRealtimeStats'],
    ['/api/statistics/realtime', 'crmRealtimeStatistics'],
  ] as const) {
    app.get(path, authorize(operation), async (c) => {
      const span = today(readQuery(c, wire.DayQuery).timeZone)
      return c.json(wire.toRealtimeStatsJson(await stats.realtime(c.var.callCenterActor.scope, span)))
    })
  }

  app.get('/api/stats/agent/:id', authorize('crmAgentStats'), async (c) => {
    const { timeZone, from, until } = readQuery(c, wire.TimeRangeQuery)
    const agent = await needs.findAgent(idParam(c), c.var.callCenterActor.scope)
    if (agent === undefined) throw new Refusal('not_found', { detail: 'Agent not found' })
    const day = today(timeZone)
    const range = { from: from ?? day.from, until: until ?? day.until }
    return c.json(wire.toAgentStatsJson(agent.id, await stats.forAgent(agent, range), range))
  })
}
