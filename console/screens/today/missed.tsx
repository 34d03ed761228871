import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button, classNames } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { Loaded } from './loaded.tsx'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

/** As in the screen History, which marks missed calls as seen. */
const MISSED_KEY = ['missed'] as const

export function MissedSection() {
  const { missed: texts } = useMessages(todayMessages)
  const language = useLanguage()
  const { api, live } = useConsole()
  const queries = useQueryClient()
  const describeError = useErrorText()
  const missed = useQuery({
    queryKey: MISSED_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/calls/missed', { signal })),
  })
  useEffect(
    () => live.onCall(() => void queries.invalidateQueries({ queryKey: MISSED_KEY })),
    [live, queries],
  )
  const mark = useMutation({
    mutationFn: (until: string) => api.PUT('/api/v1/calls/missed/seen', { body: { until } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: MISSED_KEY }),
    onError: (err) => showToast(describeError(err), 'danger'),
  })
  return (
    <Section title={texts.title}>
      <Loaded query={missed}>
        {({ count, since, seen_until }) => (
          <>
            <p className={classNames(count > 0 && styles.big, count > 0 && styles.alarming)}>
              {count === 0 ? texts.none : texts.count(count)}
            </p>
            <p className={styles.soft}>
              {since === seen_until ? texts.sinceSeen(formatTime(language, since)) : texts.lastDays}
            </p>
            {count > 0 && (
              <div className={styles.actions}>
                <Link className={styles.link} to="/history">
                  {texts.open}
                </Link>
                <Button disabled={mark.isPending} onClick={() => mark.mutate(new Date().toISOString())}>
                  {texts.seen}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}
