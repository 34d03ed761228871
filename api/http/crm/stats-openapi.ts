import { json, type Operation } from '../openapi.ts'
import { guardedErrors } from './errors.ts'
import { IdParams } from './ids.ts'
import { AgentStatsJson, DayQuery, RealtimeStatsJson, TimeRangeQuery } from './stats-wire.ts'

const realtime = {
  method: 'get',
  summary: 'How it goes now, and went today',
  request: { query: DayQuery },
  responses: { 200: json(RealtimeStatsJson, 'Of all whom I may see'), ...guardedErrors('input_invalid') },
} as const

export const statsOperations: readonly Operation[] = [
  { ...realtime, path: '/api/stats/realtime', operationId: 'crmRealtimeStats' },
  {
    ...realtime,
    path: '/api/statistics/realtime',
    operationId: 'crmRealtimeStatistics',
    description: 'The same as `/api/stats/realtime`.',
  },
  {
    method: 'get',
    path: '/api/stats/agent/{id}',
    operationId: 'crmAgentStats',
    summary: 'An agent’s calls, of today or another time',
    request: { params: IdParams, query: TimeRangeQuery },
    responses: {
      200: json(AgentStatsJson, 'They add up with the history'),
      ...guardedErrors('input_invalid', 'not_found'),
    },
  },
]
