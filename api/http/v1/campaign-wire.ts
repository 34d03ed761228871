import { z } from '@hono/zod-openapi'
import { AGENT_STATUSES } from '../../core/call-center/agents/agent.ts'
import type { AgentAvailability } from '../../core/call-center/campaigns/available-agents.ts'
import { CAMPAIGN_STATUSES } from '../../core/call-center/campaigns/campaign.ts'
import type { HoldReason } from '../../core/call-center/campaigns/hold-reason.ts'
import { MAX_DAYS, type OutcomeSeries } from '../../core/call-center/campaigns/outcome-series.ts'
import type { Readiness } from '../../core/call-center/campaigns/readiness.ts'
import { CALL_OUTCOMES, type CallOutcome } from '../../core/calls/call.ts'
import { USER_STATUSES } from '../../core/presence/user-status-store.ts'
import { BIN_SIZES, type BinSize } from '../../core/values/time-bins.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time, typedAs } from '../openapi.ts'
import { CalendarDay } from './wire.ts'

// True: the members are those of the record's type.
const namesOf = <Name extends string>(record: Record<Name, true>) => Object.keys(record) as Name[]

const Id = z
  .string()
  .regex(/^\d{1,15}$/, 'must be an id, such as 5')
  .openapi({ example: '5' })
export const CampaignReportParams = z.object({ campaignId: Id })

export const OutcomesQuery = z.object({
  by: z.enum(BIN_SIZES).default('hour'),
  from: CalendarDay.optional().openapi({
    description: 'The first day, in the time zone of the campaign; today by hour, 13 days before `to` by day',
  }),
  to: CalendarDay.optional().openapi({
    description: `The last day; today by default. At most ${MAX_DAYS.hour} days by hour, ${MAX_DAYS.day} by day`,
  }),
})

const Count = z.int().min(0).openapi({ example: 3 })
const Outcomes = z.object(
  Object.fromEntries(CALL_OUTCOMES.map((one) => [one, Count.optional()])) as Record<
    CallOutcome,
    z.ZodOptional<typeof Count>
  >, // one member for each outcome
)
export const OutcomeSeriesJson = z
  .object({
    by: z.enum(BIN_SIZES),
    time_zone: z.string().openapi({ description: 'These are its hours and days', example: 'Europe/Berlin' }),
    from: CalendarDay,
    to: CalendarDay,
    bins: z
      .array(
        z.object({
          starts_at: Time,
          ends_at: Time.openapi({ description: 'Exclusive: where the next bin starts' }),
          calls: Count.openapi({ description: 'With those that are under way, which have no outcome' }),
          outcomes: Outcomes,
        }),
      )
      .openapi({
        description:
          'All hours or days from `from` to `to`, also those without calls. A day has 23 to 25 hours: an hour that comes twice when clocks are set back is two bins',
      }),
  })
  .openapi('OutcomeSeries')

/** A record, so that a missing one does not compile. */
const REASON_CODES: Record<HoldReason['code'], true> = {
  not_started: true,
  paused: true,
  completed: true,
  stopped: true,
  automation_off: true,
  preview_mode: true,
  pbx_away: true,
  no_dialer: true,
  resting_after_failure: true,
  no_lead_waiting: true,
  hours_never_open: true,
  time_zone_invalid: true,
  outside_hours: true,
  no_lead_due: true,
  trunk_unknown: true,
  trunk_full: true,
  limit_reached: true,
  no_agents: true,
  no_agent_free: true,
  caller_id_not_allowed: true,
  leads_reserved: true,
}

const ReasonJson = z
  .object({
    code: z.enum(namesOf(REASON_CODES)),
    until: Time.optional().openapi({
      description: 'When it ends by itself: `outside_hours`, `no_lead_due`, `resting_after_failure`',
    }),
    note: z.string().nullable().optional().openapi({
      description: 'Of `paused`: the last failure, in English. Null if there was none: a user paused it',
    }),
    limit: z.int().optional().openapi({ description: 'Of `limit_reached`' }),
    trunk: z.string().optional().openapi({ description: 'Of `trunk_full` and `trunk_unknown`' }),
    time_zone: z.string().optional().openapi({ description: 'Of `time_zone_invalid`' }),
    caller_id: z.string().optional().openapi({ description: 'Of `caller_id_not_allowed`' }),
  })
  .openapi('HoldReason')

const AGENT_STATES: Record<AgentAvailability['state'], true> = {
  free: true,
  not_ready: true,
  away: true,
  resting: true,
  disabled: true,
  no_phone: true,
  phone_unreachable: true,
  in_call: true,
}

export const ReadinessJson = z
  .object({
    campaign_id: Id,
    status: z.enum(CAMPAIGN_STATUSES),
    automation: z.boolean(),
    reasons: z.array(ReasonJson).openapi({
      description:
        'All that prevents the next call, by the rules that the dialer follows; empty if it is placed at once',
    }),
    agents: z
      .array(
        z.object({
          id: Id,
          name: z.string(),
          state: z.enum(namesOf(AGENT_STATES)).openapi({
            description:
              '`resting`: the agent wraps up, or the phone was not picked up. `away`: by the presence of the user. `phone_unreachable`: not registered, or do not disturb is on',
          }),
          status: z.enum(AGENT_STATUSES).optional().openapi({ description: 'Of `not_ready`' }),
          presence: z.enum(USER_STATUSES).optional().openapi({ description: 'Of `away`' }),
          until: Time.optional().openapi({ description: 'Of `resting`' }),
        }),
      )
      .openapi({ description: 'The agents of the campaign, each with what prevents a call' }),
    free_agents: Count,
    next_try_at: Time.nullable().openapi({ description: 'When the next lead may be called' }),
    note: z.string().nullable().openapi({ description: 'The last failure, in English' }),
    dialer: z
      .enum(['here', 'elsewhere', 'none'])
      .openapi({ description: 'Which API dials: the one that answers, another, or none' }),
    leads: z.object({ total: Count, waiting: Count, dialing: Count, done: Count }),
    attempts: Count.openapi({ description: 'Of all leads' }),
    last_outcomes: Outcomes.openapi({ description: 'Leads by the outcome of their last call' }),
  })
  .openapi('CampaignReadiness')

export const toOutcomeSeriesJson = (by: BinSize, { timeZone, range, bins }: OutcomeSeries) =>
  typedAs(OutcomeSeriesJson, {
    by,
    time_zone: timeZone,
    ...range,
    bins: bins.map(({ start, end, calls, outcomes }) => ({
      starts_at: toIsoTime(start),
      ends_at: toIsoTime(end),
      calls,
      outcomes,
    })),
  })

export const toReadinessJson = (one: Readiness) =>
  typedAs(ReadinessJson, {
    campaign_id: one.campaign.id,
    status: one.campaign.status,
    automation: one.campaign.automation,
    reasons: one.reasons.map(toReasonJson),
    agents: one.agents.map(({ agent: { id, name }, availability }) => ({
      ...{ id, name, state: availability.state },
      ...('status' in availability ? { status: availability.status } : {}),
      ...('presence' in availability ? { presence: availability.presence } : {}),
      ...('until' in availability ? { until: toIsoTime(availability.until) } : {}),
    })),
    free_agents: one.freeAgents,
    next_try_at: one.nextTryAt === null ? null : toIsoTime(one.nextTryAt),
    note: one.campaign.automationNote,
    dialer: one.dialer,
    leads: {
      total: one.progress.total,
      waiting: one.progress.waiting,
      dialing: one.progress.dialling,
      done: one.progress.done,
    },
    attempts: one.progress.calls,
    last_outcomes: one.progress.outcomes,
  })

const toReasonJson = (reason: HoldReason): z.output<typeof ReasonJson> => ({
  code: reason.code,
  ...('until' in reason ? { until: toIsoTime(reason.until) } : {}),
  ...('note' in reason ? { note: reason.note } : {}),
  ...('limit' in reason ? { limit: reason.limit } : {}),
  ...('trunk' in reason ? { trunk: reason.trunk } : {}),
  ...('timeZone' in reason ? { time_zone: reason.timeZone } : {}),
  ...('callerId' in reason ? { caller_id: reason.callerId } : {}),
})
