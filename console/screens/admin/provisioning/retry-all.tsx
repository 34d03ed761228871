import { useId, useState } from 'react'
import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { useReloadLists } from '../reload-lists.ts'
import { provisioningMessages } from './messages.ts'

/** Has all jobs tried again that are listed, one after the other, and shows how far it is. */
export function RetryAll({ jobs }: { jobs: readonly Wire<'ProvisioningJob'>[] }) {
  const texts = useMessages(provisioningMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const id = useId()
  const [progress, setProgress] = useState<{ done: number; all: number }>()
  const retryable = jobs.filter(({ state }) => state !== 'external')

  async function retryAll() {
    let failed = 0
    for (const [done, job] of retryable.entries()) {
      setProgress({ done, all: retryable.length })
      const params = { path: { jobId: job.id } }
      // One that has succeeded meanwhile is refused; the others go on.
      await api.POST('/api/v1/provisioning/jobs/{jobId}/retry', { params }).catch(() => failed++)
    }
    setProgress(undefined)
    showToast(texts.allRetried(retryable.length - failed, failed), failed > 0 ? 'danger' : 'info')
    reload()
  }

  if (progress !== undefined) {
    return (
      <div role="status">
        <label htmlFor={id}>{texts.progress(progress.done, progress.all)}</label>
        <progress id={id} className={styles.progress} value={progress.done} max={progress.all} />
      </div>
    )
  }
  if (retryable.length < 2) return null
  return <Button onClick={() => void retryAll()}>{texts.retryAll}</Button>
}
