import { useState } from 'react'
import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { named } from '../accessible-name.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { provisioningMessages } from './messages.ts'

const TONES = { waiting: 'info', failing: 'warning', stuck: 'danger', external: 'warning' } as const

export function JobRow({ job }: { job: Wire<'ProvisioningJob'> }) {
  const texts = useMessages(provisioningMessages)
  const language = useLanguage()
  const timeOf = (time: string | null) => (time === null ? null : formatTime(language, time))
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{job.extension}</bdi>
          <Badge tone={TONES[job.state]}>{texts.states[job.state]}</Badge>
        </p>
        <p>{texts.means[job.state]}</p>
        <Facts
          facts={[
            [texts.fields.action, texts.actions[job.action]],
            [texts.fields.person, job.username],
            [texts.fields.attempts, String(job.attempts)],
            [texts.fields.since, timeOf(job.since)],
            [texts.fields.next, timeOf(job.next_try_at)],
            [texts.fields.error, job.last_error],
          ]}
        />
      </div>
      {job.state !== 'external' && <RetryButton job={job} />}
    </>
  )
}

function RetryButton({ job: { id, extension } }: { job: Wire<'ProvisioningJob'> }) {
  const texts = useMessages(provisioningMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  const [isBusy, setBusy] = useState(false)
  async function retry() {
    setBusy(true)
    try {
      await api.POST('/api/v1/provisioning/jobs/{jobId}/retry', { params: { path: { jobId: id } } })
      showToast(texts.retried(extension))
    } catch (err) {
      showToast(`${extension}: ${describeError(err)}`, 'danger')
    }
    setBusy(false)
    reload()
  }
  return (
    <Button aria-label={named(texts.retry, extension)} disabled={isBusy} onClick={() => void retry()}>
      {texts.retry}
    </Button>
  )
}
