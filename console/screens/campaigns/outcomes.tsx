import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { isDay } from '../../components/calendar-day.ts'
import { Chart } from '../../components/chart/chart.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Loaded } from '../../components/loaded.tsx'
import { Section } from '../../components/section.tsx'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './campaigns.module.css'
import { campaignMessages } from './messages.ts'
import { binNames, groupFigures, OUTCOME_GROUPS } from './outcome-groups.ts'
import type { Campaign } from './use-campaigns.ts'

const SPANS = [7, 14, 30, 90, 365] as const
const REFRESH_MS = 15_000

/** The calls of a campaign over time. */
export function Outcomes({ campaign }: { campaign: Campaign }) {
  const { outcomes: texts } = useMessages(campaignMessages)
  const language = useLanguage()
  const { api } = useConsole()
  const [by, setBy] = useState<'hour' | 'day'>('hour')
  const [day, setDay] = useState('')
  const [span, setSpan] = useState(14)
  const query =
    by === 'day'
      ? { by, from: daysAgo(campaign.timeZone, span - 1) }
      : { by, ...(isDay(day) ? { from: day, to: day } : {}) }
  const series = useQuery({
    queryKey: ['campaigns', String(campaign.id), 'outcomes', query],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/campaigns/{campaignId}/outcomes', {
          params: { path: { campaignId: String(campaign.id) }, query },
          signal,
        }),
      ),
    refetchInterval: REFRESH_MS,
  })
  return (
    <Section title={texts.title}>
      <div className={styles.tools}>
        <SelectField
          label={texts.by}
          value={by}
          onChange={({ target }) => setBy(target.value === 'day' ? 'day' : 'hour')}
        >
          <option value="hour">{texts.hour}</option>
          <option value="day">{texts.day}</option>
        </SelectField>
        {by === 'hour' ? (
          <TextField
            label={texts.onDay}
            type="date"
            value={day || daysAgo(campaign.timeZone, 0)}
            onChange={({ target }) => setDay(target.value)}
          />
        ) : (
          <SelectField
            label={texts.lastDays}
            value={span}
            onChange={({ target }) => setSpan(Number(target.value))}
          >
            {SPANS.map((days) => (
              <option key={days} value={days}>
                {texts.days(days)}
              </option>
            ))}
          </SelectField>
        )}
      </div>
      <Loaded query={series}>
        {({ bins, time_zone: zone }) => (
          <>
            <Chart
              title={texts.title}
              pointTitle={by === 'hour' ? texts.hour : texts.day}
              kind="bars"
              points={binNames(language, by, zone, bins)}
              series={OUTCOME_GROUPS.map(({ name, color, outcomes }) => ({
                ...{ name: texts.groups[name], color },
                values: groupFigures(bins, outcomes),
              }))}
            />
            <p className={styles.soft}>
              {bins.every(({ calls }) => calls === 0) && texts.none} {texts.zone(zone)}
            </p>
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** A day in a place, as `2026-01-31`: today, or earlier. */
function daysAgo(timeZone: string, days: number): string {
  const format = (zone: string | undefined) =>
    // The Swedish format is ISO 8601.
    new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' })
  const today = formatOf(timeZone, format).format(Date.now())
  return new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10)
}

/** Old campaigns may have a time zone that no browser knows. */
function formatOf(
  zone: string,
  make: (zone: string | undefined) => Intl.DateTimeFormat,
): Intl.DateTimeFormat {
  try {
    return make(zone)
  } catch {
    return make(undefined)
  }
}
