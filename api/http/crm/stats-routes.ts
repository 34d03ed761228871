import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { Scope } from '../../core/call-center/agents/scope.ts'
import type { CallStats } from '../../core/call-center/stats/call-stats.ts'
import { Refusal } from '../../core/refusal.ts'
import { startOfDay } from '../../core/values/start-of-day.ts'
import { readQuery } from '../errors.ts'
import { json } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { IdParams, idParam } from './ids.ts'
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

export function addStatsRoutes(app: OpenAPIHono<CrmEnv>, needs: StatsRoutesNeeds): void {
  const addGuarded = guardedRoutes(app, needs.authorize, 'Call centre: statistics')
  const { stats } = needs
  const nowS = () => toUnixSeconds(needs.now())
  /** Up to now: what begins in this second counts. */
  const today = (timeZone = needs.timeZone) => ({ from: startOfDay(nowS(), timeZone), until: nowS() + 1 })

  const realtime = {
    method: 'get',
    summary: 'How it goes now, and went today',
    request: { query: wire.DayQuery },
    responses: {
      200: json(wire.RealtimeStatsJson, 'Of all whom I may see'),
      ...guardedErrors('input_invalid'),
    },
  } as const
  async function sendRealtime(c: Context<CrmEnv>) {
    const range = today(readQuery(c, wire.DayQuery).timeZone)
    return c.json(wire.toRealtimeStatsJson(await stats.realtime(c.var.callCenterActor.scope, range)), 200)
  }
  addGuarded({ ...realtime, path: '/api/stats/realtime', operationId: 'crmRealtimeStats' }, sendRealtime)
  addGuarded(
    {
      ...realtime,
      path: '/api/statistics/realtime',
      operationId: 'crmRealtimeStatistics',
      description: 'The same as `/api/stats/realtime`.',
    },
    sendRealtime,
  )

  addGuarded(
    {
      method: 'get',
      path: '/api/stats/agent/{id}',
      operationId: 'crmAgentStats',
      summary: 'An agent’s calls, of today or another time',
      request: { params: IdParams, query: wire.TimeRangeQuery },
      responses: {
        200: json(wire.AgentStatsJson, 'They add up with the history'),
        ...guardedErrors('input_invalid', 'not_found'),
      },
    },
    async (c) => {
      const { timeZone, from, until } = readQuery(c, wire.TimeRangeQuery)
      const agent = await needs.findAgent(idParam(c), c.var.callCenterActor.scope)
      if (agent === undefined) throw new Refusal('not_found', { detail: 'Agent not found' })
      const day = today(timeZone)
      const range = { from: from ?? day.from, until: until ?? day.until }
      return c.json(wire.toAgentStatsJson(agent.id, await stats.forAgent(agent, range), range), 200)
    },
  )
}
