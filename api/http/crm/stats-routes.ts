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
  /** Also undefined for an agent outside of the scope. */
  findAgent(id: string, scope: Scope): Promise<Agent | undefined>
  /** IANA name, for requests that name no time zone. */
  timeZone: string
  now: () => number
}

/** "Statistics". */
export function addStatsRoutes(app: OpenAPIHono<CrmEnv>, needs: StatsRoutesNeeds): void {
  const addGuarded = guardedRoutes(app, needs.authorize, 'Call centre: statistics')
  const { stats } = needs
  const nowSeconds = () => toUnixSeconds(needs.now())
  /** From midnight up to now, including this second. */
  const today = (timeZone = needs.timeZone) => ({
    from: startOfDay(nowSeconds(), timeZone),
    until: nowSeconds() + 1,
  })

  const realtime = {
    method: 'get',
    summary: 'Read the figures of now and today',
    request: { query: wire.DayQuery },
    responses: {
      200: json(wire.RealtimeStatsJson, 'Figures of all agents that I may see'),
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
      summary: 'Read the figures of an agent, of today or another time',
      request: { params: IdParams, query: wire.TimeRangeQuery },
      responses: {
        200: json(wire.AgentStatsJson, 'The figures; they agree with the call history'),
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
