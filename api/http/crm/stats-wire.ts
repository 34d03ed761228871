import { z } from '@hono/zod-openapi'
import type { RealtimeCounts } from '../../core/call-center/stats/call-stats.ts'
import type { AgentCallCounts } from '../../core/call-center/stats/call-stats-store.ts'
import { CALL_OUTCOMES, type CallOutcome } from '../../core/calls/call.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../../core/values/time-zone.ts'
import { Time, typedAs } from '../openapi.ts'
import { IdJson, toIdJson } from './ids.ts'
import { iso } from './iso-time.ts'
import { toUpperEnum, withUpperKeys } from './wire.ts'

const TimeZoneParam = z.string().refine(isTimeZone, INVALID_TIME_ZONE).openapi({
  description: 'Time zone of the day: an IANA name or UTC; HOOKSWITCH_TIME_ZONE by default',
  maxLength: 64,
  example: 'Europe/Berlin',
})
const TimestampWithOffset = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.ceil(Date.parse(text) / 1000))
  .openapi({ type: 'string', format: 'date-time', example: '2026-01-31T00:00:00Z' })

export const DayQuery = z.object({ timeZone: TimeZoneParam.optional() })
export const TimeRangeQuery = DayQuery.extend({
  from: TimestampWithOffset.optional().openapi({
    description: 'Calls that began then or later; midnight of today by default',
  }),
  until: TimestampWithOffset.optional().openapi({ description: 'Calls that began before; now by default' }),
})

const Count = z.int().min(0).openapi({ example: 3 })
const Seconds = z.int().min(0).openapi({ description: 'Seconds', example: 95 })
const Outcomes = z.object(
  Object.fromEntries(CALL_OUTCOMES.map((one) => [toUpperEnum(one), Count.optional()])) as Record<
    Uppercase<CallOutcome>,
    z.ZodOptional<typeof Count>
  >, // one member for each outcome
)

export const RealtimeStatsJson = z
  .object({
    active_calls: Count,
    ready_agents: Count.openapi({
      description: 'Agents who are ready, have a registered phone and are in no call',
    }),
    calls_today: Count,
    avg_handle_time: Seconds.openapi({
      description: 'Mean seconds from answer to end of answered calls, without wrap-up',
    }),
    answered_today: Count,
    agents: z
      .object({ offline: Count, ready: Count, after_call: Count, break: Count, in_call: Count })
      .openapi({ description: 'Agents by the status they set; an agent in a call counts as in_call only' }),
    campaigns: z.array(
      z.object({ campaignId: IdJson, calls: Count, outcomes: Outcomes }).openapi({
        description: 'Calls of today; a live call has no outcome',
      }),
    ),
    pbx_online: z.boolean(),
    since: Time,
  })
  .openapi('CrmRealtimeStats')

export const AgentStatsJson = z
  .object({
    agentId: IdJson,
    totalCalls: Count,
    answeredCalls: Count.openapi({ description: 'By the agent’s own phone' }),
    missedCalls: Count.openapi({ description: 'Calls to the agent that were not answered' }),
    totalTalkTime: Seconds.openapi({ description: 'Seconds from answer to end' }),
    averageHandleTime: Seconds.openapi({
      description: 'Mean seconds from answer to end of answered calls',
    }),
    from: Time,
    until: Time,
  })
  .openapi('CrmAgentStats')

export const toRealtimeStatsJson = (stats: RealtimeCounts) => {
  const { inCall, ...agents } = stats.agents
  return typedAs(RealtimeStatsJson, {
    active_calls: stats.activeCalls,
    ready_agents: stats.readyAgents,
    calls_today: stats.calls,
    avg_handle_time: stats.averageTalk,
    answered_today: stats.answered,
    agents: { ...agents, in_call: inCall },
    campaigns: stats.campaigns.map(({ campaignId, calls, outcomes }) => ({
      campaignId: toIdJson(campaignId),
      calls,
      outcomes: withUpperKeys(outcomes),
    })),
    pbx_online: stats.online,
    since: iso(stats.since),
  })
}

export const toAgentStatsJson = (
  agentId: string,
  counts: AgentCallCounts,
  range: { from: number; until: number },
) =>
  typedAs(AgentStatsJson, {
    agentId: toIdJson(agentId),
    totalCalls: counts.calls,
    answeredCalls: counts.answered,
    missedCalls: counts.missed,
    totalTalkTime: counts.talked,
    averageHandleTime: counts.answered === 0 ? 0 : Math.round(counts.talked / counts.answered),
    from: iso(range.from),
    until: iso(range.until),
  })
