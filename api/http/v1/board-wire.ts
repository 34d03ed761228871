import { z } from '@hono/zod-openapi'
import { BOARD_STATES, type BoardAgent } from '../../core/call-center/board/agent-states.ts'
import type { Board, BoardCall, BoardCampaign, Measure } from '../../core/call-center/board/board.ts'
import {
  LEVELS,
  MEASURE_NAMES,
  type MeasureName,
  type Thresholds,
} from '../../core/call-center/board/thresholds.ts'
import type { FigureSum } from '../../core/call-center/stats/figures.ts'
import { CALL_DIRECTIONS } from '../../core/calls/call.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../../core/values/time-zone.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { CallId } from './wire.ts'

export const Team = z.string().trim().min(1).max(100).openapi({ example: 'sales' })
export const TimeZone = z.string().refine(isTimeZone, INVALID_TIME_ZONE).openapi({
  description: 'Time zone of the days: an IANA name or UTC; HOOKSWITCH_TIME_ZONE by default',
  maxLength: 64,
  example: 'Europe/Berlin',
})
export const TeamQuery = z.object({
  team: Team.optional().openapi({ description: 'One team; supervisors have their own alone' }),
})
export const BoardQuery = TeamQuery.extend({ time_zone: TimeZone.optional() })

const Count = z.int().min(0)
const RowId = z
  .string()
  .regex(/^\d{1,15}$/, 'must be an id')
  .openapi({ example: '5' })
export const FigureMembers = {
  calls: Count,
  answered: Count,
  unanswered: Count.openapi({
    description: 'Ended without an answer; calls in progress, and those with an unknown end, are neither',
  }),
  talk_seconds: Count.openapi({ description: 'From answer to end, of the answered calls' }),
  average_talk: Count.nullable().openapi({ description: 'Mean seconds; null: no call was answered' }),
  answer_rate: z.number().min(0).max(1).nullable().openapi({
    description: 'answered / (answered + unanswered); null: no such call',
  }),
}
export const toFigureMembers = (sum: FigureSum) => ({
  calls: sum.calls,
  answered: sum.answered,
  unanswered: sum.unanswered,
  talk_seconds: sum.talked,
  average_talk: sum.averageTalk,
  answer_rate: sum.answerRate,
})

const State = z.enum(BOARD_STATES).openapi({
  description: '`unreachable`: ready, and without a phone that could ring',
})
const StateMembers = {
  state: State,
  since: Time.nullable().openapi({
    description: 'Start of the state; null where it is not known, as always for `unreachable`',
  }),
  until: Time.nullable().openapi({ description: 'When the state ends by itself' }),
}
const PartyJson = z.object({ number: z.string(), name: z.string() })

export const MeasureJson = z
  .object({
    name: z.enum(MEASURE_NAMES),
    value: z.int().nullable().openapi({
      description: 'A count, seconds, or per cent (`answer_rate`); null: there is none',
    }),
    warning: z.number().nullable(),
    critical: z.number().nullable(),
    level: z.enum(LEVELS),
  })
  .openapi('BoardMeasure')
export const TodayJson = z.object({ since: Time, ...FigureMembers }).openapi('BoardToday')

export const BoardJson = z
  .object({
    at: Time,
    online: z.boolean().openapi({ description: 'Whether the PBX is connected' }),
    team: z.string().nullable(),
    agents: z.array(z.object({ id: RowId, name: z.string(), team: z.string().nullable(), ...StateMembers })),
    calls: z.array(
      z.object({
        id: CallId,
        agent_ids: z.array(RowId),
        direction: z.enum(CALL_DIRECTIONS),
        state: z.enum(['ringing', 'talking']),
        started_at: Time,
        answered_at: Time.nullable(),
        from: PartyJson,
        to: PartyJson,
      }),
    ),
    campaigns: z.array(
      z.object({
        id: RowId,
        name: z.string(),
        status: z.string().openapi({ example: 'active' }),
        automation: z.boolean().openapi({ description: 'Whether it dials by itself' }),
        waiting_leads: Count,
        due_leads: Count.openapi({ description: 'Of the waiting ones, those that may be called again now' }),
        due_since: Time.nullable().openapi({
          description:
            'Since when the oldest of these is due that had to wait for a time, such as a retry or a callback. Null: there is none; since when a lead waits for its first call is not known',
        }),
        today: z.object(FigureMembers),
      }),
    ),
    today: TodayJson,
    measures: z.array(MeasureJson),
  })
  .openapi('Board')

const ThresholdJson = z.strictObject({
  warning: z.number().min(0).max(1_000_000).nullable(),
  critical: z.number().min(0).max(1_000_000).nullable(),
})
const ThresholdMembers = Object.fromEntries(MEASURE_NAMES.map((name) => [name, ThresholdJson])) as Record<
  MeasureName,
  typeof ThresholdJson
> // one of each
export const ThresholdsJson = z.strictObject(ThresholdMembers).openapi('BoardThresholds', {
  description:
    '`agents_ready` and `answer_rate` (per cent) are bad below the value; `calls_waiting`, `longest_wait` and `longest_break` (seconds) from the value on. null: no such level',
  example: {
    agents_ready: { warning: 3, critical: 1 },
    calls_waiting: { warning: 2, critical: 5 },
    longest_wait: { warning: 20, critical: 60 },
    longest_break: { warning: 900, critical: null },
    answer_rate: { warning: 80, critical: 60 },
  },
})

export const toThresholdsJson = (thresholds: Thresholds): z.output<typeof ThresholdsJson> =>
  Object.fromEntries(MEASURE_NAMES.map((name) => [name, thresholds[name]])) as z.output<typeof ThresholdsJson> // one of each

export const toStateMembers = ({ state, since, until }: BoardAgent) => ({
  state,
  since: toTime(since),
  until: toTime(until),
})
export const toMeasureJson = ({ name, value, warning, critical, level }: Measure) => ({
  ...{ name, value, warning, critical, level },
})
export const toTodayJson = ({ since, ...sum }: Board['today']) => ({
  since: toIsoTime(since),
  ...toFigureMembers(sum),
})
const toTime = (at: number | null) => (at === null ? null : toIsoTime(at))

export const toBoardJson = (board: Board, team: string | null): z.output<typeof BoardJson> => ({
  at: toIsoTime(board.at),
  online: board.online,
  team,
  agents: board.agents.map((one) => ({ id: one.id, name: one.name, team: one.team, ...toStateMembers(one) })),
  calls: board.calls.map(toCallJson),
  campaigns: board.campaigns.map(toCampaignJson),
  today: toTodayJson(board.today),
  measures: board.measures.map(toMeasureJson),
})

const toCallJson = (call: BoardCall) => ({
  id: call.id,
  agent_ids: [...call.agentIds],
  direction: call.direction,
  state: call.state,
  started_at: toIsoTime(call.startedAt),
  answered_at: toTime(call.answeredAt),
  from: call.from,
  to: call.to,
})

const toCampaignJson = (one: BoardCampaign) => ({
  id: one.id,
  name: one.name,
  status: one.status,
  automation: one.automation,
  waiting_leads: one.waiting,
  due_leads: one.due,
  due_since: toTime(one.dueSince),
  today: toFigureMembers(one.today),
})
