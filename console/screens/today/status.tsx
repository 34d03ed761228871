import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useConsole, useSelected } from '../../app/console-context.ts'
import type { PresenceOf } from '../../app/live/live-messages.ts'
import { peopleMessages } from '../../components/people/messages.ts'
import { PresenceBadge } from '../../components/people/presence-badge.tsx'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

type Status = NonNullable<PresenceOf['status']>
const STATUSES: readonly Status[] = ['available', 'away', 'dnd', 'offline']
/** After that the stream decides what is shown. */
const CONFIRMED_AFTER_MS = 3_000

/** The status that others see, and what they see of the phones. */
export function StatusSection({ extension }: { extension: string }) {
  const { status: texts } = useMessages(todayMessages)
  const { statuses } = useMessages(peopleMessages)
  const { api, live } = useConsole()
  const shown = useSelected(live.presence, (all) => all?.[extension]?.status)
  // What was chosen, until the stream confirms it: state of this component, as a mutation's own variables come a
  // task later, and the radio button would jump back in between.
  const [chosen, setChosen] = useState<Status>()
  const change = useMutation({
    mutationFn: (status: Status) => api.PUT('/api/v1/status', { body: { status } }),
    onError: () => {
      setChosen(undefined)
      showToast(texts.failed, 'danger')
    },
  })
  const { isSuccess } = change
  useEffect(() => {
    if (!isSuccess || chosen === undefined) return
    const timer = setTimeout(() => setChosen(undefined), CONFIRMED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [isSuccess, chosen])
  const current = chosen ?? shown ?? 'available'
  return (
    <Section title={texts.title}>
      <fieldset className={styles.statuses}>
        <legend className="visually-hidden">{texts.legend}</legend>
        {STATUSES.map((status) => (
          <label key={status} className={styles.choice}>
            <input
              type="radio"
              name="status"
              checked={status === current}
              onChange={() => {
                setChosen(status)
                change.mutate(status)
              }}
            />
            {statuses[status]}
          </label>
        ))}
      </fieldset>
      <p className={styles.soft}>{texts.dndMeans}</p>
      <p className={styles.actions}>
        <span className={styles.soft}>{texts.phone}</span> <PresenceBadge extension={extension} />
      </p>
    </Section>
  )
}
