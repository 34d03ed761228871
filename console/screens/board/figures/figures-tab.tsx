import type { Wire } from '../../../api/client.ts'
import { percent } from '../../../components/board/measures.tsx'
import { Button } from '../../../components/button.tsx'
import { Chart } from '../../../components/chart/chart.tsx'
import { SelectField } from '../../../components/field.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { EmptyState } from '../../../components/notice.tsx'
import { formatDuration, formatNumber } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'
import { GROUPS, PERIODS } from '../search.ts'
import { useBoardSearch } from '../use-board-search.ts'
import { FiguresCsv } from './figures-csv.tsx'
import { pointFormats } from './point-formats.ts'
import { useFigures } from './use-figures.ts'

/** Figures of the last day, week or month, of all or of one agent or campaign. */
export function FiguresTab() {
  const texts = useMessages(boardMessages)
  const [search, setSearch] = useBoardSearch()
  const { period = 'day', group = 'agent' } = search
  const figures = useFigures(search)
  return (
    <div className={styles.now}>
      <div className={styles.tools}>
        <SelectField
          label={texts.period}
          value={period}
          onChange={(event) => setSearch({ period: event.target.value })}
        >
          {PERIODS.map((one) => (
            <option key={one} value={one}>
              {texts.periods[one]}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={texts.by}
          value={group}
          onChange={(event) => setSearch({ group: event.target.value, id: '' })}
        >
          {GROUPS.map((one) => (
            <option key={one} value={one}>
              {texts.groups[one]}
            </option>
          ))}
        </SelectField>
        {search.id !== undefined && <Button onClick={() => setSearch({ id: '' })}>{texts.showAll}</Button>}
        <FiguresCsv search={search} />
      </div>
      <Loaded query={figures}>{(data) => <Figures figures={data} />}</Loaded>
    </div>
  )
}

function Figures({ figures }: { figures: Wire<'Figures'> }) {
  const texts = useMessages(boardMessages)
  const language = useLanguage()
  const { by, series, totals } = figures
  const { one, whole } = pointFormats(language, figures)
  return (
    <>
      <Chart
        title={texts.chart}
        pointTitle={by === 'hour' ? texts.hour : texts.day}
        kind="bars"
        points={series.map(({ from }, n) => ({
          label: one.format(new Date(from)),
          // An hour that comes twice has the same words.
          name: `${whole.format(new Date(from))}${isRepeated(series, n, whole) ? ' ·' : ''}`,
        }))}
        series={[
          { name: texts.columns.answered, color: 'success', values: series.map((it) => it.answered) },
          { name: texts.columns.unanswered, color: 'warning', values: series.map((it) => it.unanswered) },
        ]}
      />
      {totals.calls === 0 && <EmptyState title={texts.noFigures} />}
      <FigureTable figures={figures} />
    </>
  )
}

const isRepeated = (series: Wire<'Figures'>['series'], n: number, format: Intl.DateTimeFormat) => {
  const [before, now] = [series[n - 1], series[n]]
  return (
    before !== undefined &&
    now !== undefined &&
    format.format(new Date(before.from)) === format.format(new Date(now.from))
  )
}

function FigureTable({ figures: { group, groups, totals } }: { figures: Wire<'Figures'> }) {
  const texts = useMessages(boardMessages)
  const language = useLanguage()
  const [, setSearch] = useBoardSearch()
  const { columns } = texts
  const cells = (sum: Wire<'Figures'>['totals']) => [
    formatNumber(language, sum.calls),
    formatNumber(language, sum.answered),
    formatNumber(language, sum.unanswered),
    sum.answer_rate === null ? '–' : percent(language, sum.answer_rate),
    formatDuration(sum.talk_seconds),
    sum.average_talk === null ? '–' : formatDuration(sum.average_talk),
  ]
  const names = [
    columns.calls,
    columns.answered,
    columns.unanswered,
    columns.rate,
    columns.talk,
    columns.average,
  ]
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <caption className="visually-hidden">{texts.groups[group]}</caption>
        <thead>
          <tr>
            {[texts.groupNames[group], ...names].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ id, name, ...sum }) => (
            <tr key={id ?? ''}>
              <th scope="row">
                {id === null ? (
                  texts.noCampaign
                ) : (
                  <Button tone="quiet" onClick={() => setSearch({ id })}>
                    <bdi>{name ?? `#${id}`}</bdi>
                  </Button>
                )}
              </th>
              {cells(sum).map((cell, n) => (
                <td key={names[n]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{texts.total}</th>
            {cells(totals).map((cell, n) => (
              <td key={names[n]}>{cell}</td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  )
}
