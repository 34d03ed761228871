import { z } from '@hono/zod-openapi'
import { FIGURE_GROUPS } from '../../core/call-center/stats/figure-store.ts'
import {
  type FigureCell,
  type Figures,
  type FiguresQuery,
  MAX_DAYS,
} from '../../core/call-center/stats/figures.ts'
import { dayOf } from '../../core/values/time-bins.ts'
import { requireWallClock } from '../../core/values/time-zone.ts'
import { csvHeader, csvRowWriter, type Delimiter, DelimiterQuery } from '../csv-writer.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { FigureMembers, TeamQuery, TimeZone, toFigureMembers } from './board-wire.ts'
import { CalendarDay, IdParam } from './wire.ts'

export const FiguresQueryParams = TeamQuery.extend({
  by: z.enum(['hour', 'day']).default('day'),
  from: CalendarDay.optional().openapi({ description: 'The first day, in the time zone; today by default' }),
  to: CalendarDay.optional().openapi({
    description: `The last day, included; today by default. At most ${MAX_DAYS.hour} days by hour, and ${MAX_DAYS.day} by day`,
  }),
  group: z.enum(FIGURE_GROUPS).default('agent'),
  id: IdParam.optional().openapi({ description: 'Only this agent or campaign' }),
  time_zone: TimeZone.optional(),
})
export const FiguresCsvQuery = FiguresQueryParams.extend({ delimiter: DelimiterQuery })

export const FiguresJson = z
  .object({
    from: Time,
    until: Time.openapi({ description: 'Excluded' }),
    time_zone: z.string(),
    by: z.enum(['hour', 'day']),
    group: z.enum(FIGURE_GROUPS),
    totals: z.object(FigureMembers).openapi({
      description:
        'A call with several agents counts once here and in `series`, and once for each of them in `groups`',
    }),
    groups: z.array(
      z.object({
        id: IdParam.nullable().openapi({ description: 'Null: calls without a campaign' }),
        name: z.string().nullable(),
        ...FigureMembers,
      }),
    ),
    series: z.array(z.object({ from: Time, until: Time, ...FigureMembers })).openapi({
      description: 'Every hour or day; a day on which clocks change has 23 or 25 hours',
    }),
  })
  .openapi('Figures')

/** @param now unix seconds */
export function toFiguresQuery(
  params: z.output<typeof FiguresQueryParams>,
  defaultTimeZone: string,
  now: number,
): FiguresQuery {
  const timeZone = params.time_zone ?? defaultTimeZone
  const today = dayOf(now, timeZone)
  const lastDay = params.to ?? today
  const firstDay = params.from ?? (lastDay < today ? lastDay : today)
  return { by: params.by, group: params.group, id: params.id, timeZone, firstDay, lastDay }
}

export const toFiguresJson = (
  { range, totals, groups, series }: Figures,
  { by, group, timeZone }: FiguresQuery,
): z.output<typeof FiguresJson> => ({
  from: toIsoTime(range.from),
  until: toIsoTime(range.until),
  time_zone: timeZone,
  ...{ by, group },
  totals: toFigureMembers(totals),
  groups: groups.map((one) => ({ id: one.id, name: one.name, ...toFigureMembers(one) })),
  series: series.map((one) => ({
    from: toIsoTime(one.from),
    until: toIsoTime(one.until),
    ...toFigureMembers(one),
  })),
})

/** One row for each agent or campaign and each hour or day with calls. Days and times are those of the time zone. */
export function toFiguresCsv(
  cells: readonly FigureCell[],
  { group, timeZone }: FiguresQuery,
  delimiter: Delimiter,
): string {
  const clock = requireWallClock(timeZone)
  const row = csvRowWriter(delimiter)
  const names = ['calls', 'answered', 'unanswered', 'talk_seconds', 'average_talk_seconds', 'answer_percent']
  return [
    csvHeader(['from', 'day', 'time', `${group}_id`, group, ...names], delimiter),
    ...cells.map((cell) => {
      const local = clock(cell.from * 1000)
      return row([
        toIsoTime(cell.from),
        local.slice(0, 10),
        local.slice(11, 16),
        cell.id ?? '',
        cell.name ?? '',
        cell.calls,
        cell.answered,
        cell.unanswered,
        cell.talked,
        cell.averageTalk ?? '',
        cell.answerRate === null ? '' : Math.round(cell.answerRate * 100),
      ])
    }),
  ].join('')
}
