import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button, classNames } from '../../components/button.tsx'
import { newestMissed, useMarkMissedSeen, useMissedCalls } from '../../components/calls/missed-calls.ts'
import { useErrorText } from '../../components/error-text.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { todayMessages } from './messages.ts'
import styles from './today.module.css'

/** What one request of the history may ask for. */
const MAX_PAGE = 100

export function MissedSection() {
  const { missed: texts } = useMessages(todayMessages)
  const language = useLanguage()
  const { api } = useConsole()
  const describeError = useErrorText()
  const missed = useMissedCalls()
  const seen = useMarkMissedSeen()
  const mark = useMutation({
    async mutationFn(count: number) {
      const query = { missed: true, limit: Math.min(count, MAX_PAGE) } as const
      const { calls } = await dataOf(api.GET('/api/v1/calls/history', { params: { query } }))
      const until = newestMissed(calls)
      if (until !== undefined) await seen.mutateAsync(until)
    },
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
                <Button disabled={mark.isPending} onClick={() => mark.mutate(count)}>
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
