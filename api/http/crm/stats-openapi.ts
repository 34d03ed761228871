import { json, type Operation } from '../openapi.ts'
import { refuses } from './errors.ts'
import { IdParam } from './params.ts'
import { AgentStats, DayQuery, RealtimeStats, SpanQuery } from './stats-wire.ts'

const realtime = {
  method: 'get',
  summary: 'How it goes now, and went today',
  request: { query: DayQuery },
  responses: { 200: json(RealtimeStats, 'Of all whom I may see'), ...refuses('input_invalid') },
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
    request: { params: IdParam, query: SpanQuery },
    responses: {
      200: json(AgentStats, 'They add up with the history'),
      ...refuses('input_invalid', 'not_found'),
    },
  },
]
