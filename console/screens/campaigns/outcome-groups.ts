import type { Wire } from '../../api/client.ts'
import type { ChartColor } from '../../components/chart/chart-color.ts'

type Bin = Wire<'OutcomeSeries'>['bins'][number]
type Outcome = keyof Bin['outcomes']
export type GroupName = 'answered' | 'noAnswer' | 'busy' | 'declined' | 'failed' | 'ownPhone'

/** Outcomes as a supervisor reads them: few enough for a chart. Each outcome is in one group. */
export const OUTCOME_GROUPS: readonly { name: GroupName; color: ChartColor; outcomes: readonly Outcome[] }[] =
  [
    { name: 'answered', color: 'success', outcomes: ['answered'] },
    { name: 'noAnswer', color: 'warning', outcomes: ['no_answer'] },
    { name: 'busy', color: 'accent', outcomes: ['busy'] },
    { name: 'declined', color: 'soft', outcomes: ['declined', 'cancelled'] },
    {
      name: 'failed',
      color: 'danger',
      outcomes: ['unavailable', 'congestion', 'unknown_number', 'failed', 'unknown'],
    },
    {
      name: 'ownPhone',
      color: 'line',
      outcomes: ['own_busy', 'own_no_answer', 'own_declined', 'own_unavailable'],
    },
  ]

/** The figures of a group, one a bin. */
export const groupFigures = (bins: readonly Bin[], outcomes: readonly Outcome[]): number[] =>
  bins.map((bin) => outcomes.reduce((sum, outcome) => sum + (bin.outcomes[outcome] ?? 0), 0))

/** Names of bins in a place: short ones for an axis, whole ones that differ, also for an hour that comes twice. */
export function binNames(
  language: string,
  by: 'hour' | 'day',
  timeZone: string,
  bins: readonly Pick<Bin, 'starts_at'>[],
): { label: string; name: string }[] {
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language, { timeZone, ...options })
    return ({ starts_at }: Pick<Bin, 'starts_at'>) => formatter.format(new Date(starts_at))
  }
  const date = { day: 'numeric', month: 'short' } as const
  const time = { hour: '2-digit', minute: '2-digit' } as const
  const label = format(by === 'hour' ? time : date)
  const name = format(by === 'hour' ? { ...date, ...time } : { ...date, weekday: 'short', year: 'numeric' })
  const withOffset = format({ ...date, ...time, timeZoneName: 'shortOffset' })
  const names = bins.map(name)
  return bins.map((bin, index) => {
    const own = names[index] ?? ''
    const isTwice = names[index - 1] === own || names[index + 1] === own
    return { label: label(bin), name: isTwice ? withOffset(bin) : own }
  })
}
