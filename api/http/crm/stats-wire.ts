import { z } from '@hono/zod-openapi'
import type { Realtime } from '../../core/call-center/stats/call-stats.ts'
import type { AgentTally } from '../../core/call-center/stats/call-stats-store.ts'
import { OUTCOMES, type Outcome } from '../../core/calls/call.ts'
import { isTimeZone, NO_TIME_ZONE } from '../../core/values/time-zone.ts'
import { as, Time } from '../openapi.ts'
import { idOf, iso, ShownId } from './params.ts'
import { loud, loudKeys } from './wire.ts'

const Zone = z.string().refine(isTimeZone, NO_TIME_ZONE).openapi({
  description: 'Where today is today: a place of IANA, or UTC; HOOKSWITCH_TIME_ZONE unless said',
  maxLength: 64,
  example: 'Europe/Berlin',
})
const Moment = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.ceil(Date.parse(text) / 1000))
  .openapi({ type: 'string', format: 'date-time', example: '2026-01-31T00:00:00Z' })

export const DayQuery = z.object({ timeZone: Zone.optional() })
export const SpanQuery = DayQuery.extend({
  from: Moment.optional().openapi({
    description: 'Calls that began then or later; today’s midnight unless said',
  }),
  until: Moment.optional().openapi({ description: 'Calls that began before' }),
})

const Count = z.int().min(0).openapi({ example: 3 })
const Seconds = z.int().min(0).openapi({ description: 'Seconds', example: 95 })
const Outcomes = z.object(
  Object.fromEntries(OUTCOMES.map((one) => [loud(one), Count.optional()])) as Record<
    Uppercase<Outcome>,
    z.ZodOptional<typeof Count>
  >, // one of each
)

export const RealtimeStats = z
  .object({
    active_calls: Count,
    ready_agents: Count.openapi({ description: 'Ready, their phone registered, and in no call' }),
    calls_today: Count,
    avg_handle_time: Seconds.openapi({
      description: 'Seconds from answer to end, of calls that were answered; work after a call is not in it',
    }),
    answered_today: Count,
    agents: z
      .object({ offline: Count, ready: Count, after_call: Count, break: Count, in_call: Count })
      .openapi({ description: 'What they say of themselves; whoever is in a call counts there alone' }),
    campaigns: z.array(
      z.object({ campaignId: ShownId, calls: Count, outcomes: Outcomes }).openapi({
        description: 'Calls of today; those that last have no outcome',
      }),
    ),
    pbx_online: z.boolean(),
    since: Time,
  })
  .openapi('CrmRealtimeStats')

export const AgentStats = z
  .object({
    agentId: ShownId,
    totalCalls: Count,
    answeredCalls: Count.openapi({ description: 'By the agent’s own phone' }),
    missedCalls: Count.openapi({ description: 'Somebody called the agent, and nobody answered' }),
    totalTalkTime: Seconds.openapi({ description: 'Seconds from answer to end' }),
    averageHandleTime: Seconds.openapi({
      description: 'Seconds from answer to end, of calls that were answered',
    }),
    from: Time,
    until: Time,
  })
  .openapi('CrmAgentStats')

export const realtime = (told: Realtime) => {
  const { inCall, ...agents } = told.agents
  return as(RealtimeStats, {
    active_calls: told.activeCalls,
    ready_agents: told.readyAgents,
    calls_today: told.calls,
    avg_handle_time: told.averageTalk,
    answered_today: told.answered,
    agents: { ...agents, in_call: inCall },
    campaigns: told.campaigns.map(({ campaignId, calls, outcomes }) => ({
      campaignId: idOf(campaignId),
      calls,
      outcomes: loudKeys(outcomes),
    })),
    pbx_online: told.online,
    since: iso(told.since),
  })
}

export const ofAgent = (agentId: string, tally: AgentTally, span: { from: number; until: number }) =>
  as(AgentStats, {
    agentId: idOf(agentId),
    totalCalls: tally.calls,
    answeredCalls: tally.answered,
    missedCalls: tally.missed,
    totalTalkTime: tally.talked,
    averageHandleTime: tally.answered === 0 ? 0 : Math.round(tally.talked / tally.answered),
    from: iso(span.from),
    until: iso(span.until),
  })
