import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { ChooseSource } from './choose-source.tsx'
import { importMessages } from './messages.ts'
import { PlanView } from './plan-view.tsx'

/** Imports may run by themselves, or at the command line. */
const REFRESH_MS = 15_000

/** People of a PBX become users. */
export function ImportTab() {
  const texts = useMessages(importMessages)
  const { api } = useConsole()
  const [planId, setPlanId] = useState<string>()
  const status = useQuery({
    queryKey: ['admin', 'account-imports'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/account-imports', { signal })),
    refetchInterval: REFRESH_MS,
  })
  return (
    <>
      <p className={styles.soft}>{texts.what}</p>
      <Loaded query={status}>
        {(found) => {
          const shownId = planId ?? found.last?.id
          return (
            <>
              <Schedule status={found} />
              <ChooseSource sources={found.sources} onPlan={({ id }) => setPlanId(id)} />
              {shownId !== undefined && <PlanView key={shownId} id={shownId} />}
            </>
          )
        }}
      </Loaded>
    </>
  )
}

function Schedule({ status: { schedule, last_scheduled } }: { status: Wire<'AccountImportStatus'> }) {
  const texts = useMessages(importMessages)
  const language = useLanguage()
  if (schedule === null) return <p className={styles.soft}>{texts.scheduleOff}</p>
  return (
    <p className={styles.soft}>
      {texts.schedule(texts.sources[schedule.source], schedule.interval_minutes)}{' '}
      {last_scheduled !== null && texts.lastScheduled(formatTime(language, last_scheduled.created_at))}
    </p>
  )
}
