import { useInfiniteQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { callMessages } from '../../../components/calls/messages.ts'
import { Icon } from '../../../components/icon.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { Section } from '../../../components/section.tsx'
import { formatDuration, formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import { leadMessages } from './messages.ts'

type LeadCall = Wire<'LeadCallList'>['calls'][number]

const RecordingPlayer = lazy(() =>
  import('../../../components/recordings/recording-player.tsx').then((it) => ({
    default: it.RecordingPlayer,
  })),
)

const PAGE_SIZE = 20

/** The calls to a lead, the newest first, with their recordings. */
export function LeadCalls({ leadId }: { leadId: number }) {
  const texts = useMessages(leadMessages)
  const { api } = useConsole()
  const query = useInfiniteQuery({
    queryKey: ['lead-calls', leadId],
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/leads/{id}/calls', {
          params: {
            path: { id: String(leadId) },
            query: { limit: PAGE_SIZE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  return (
    <Section title={texts.calls}>
      <Loaded query={query}>
        {({ pages }) => {
          const calls = pages.flatMap((page) => page.calls)
          if (calls.length === 0) return <p className={styles.soft}>{texts.noCalls}</p>
          return (
            <ul>
              {calls.map((call) => (
                <CallItem key={call.id} call={call} />
              ))}
            </ul>
          )
        }}
      </Loaded>
      {query.hasNextPage && (
        <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {texts.moreCalls}
        </Button>
      )}
    </Section>
  )
}

function CallItem({ call }: { call: LeadCall }) {
  const language = useLanguage()
  const texts = useMessages(leadMessages)
  const { outcomes } = useMessages(callMessages)
  const [isPlaying, setPlaying] = useState(false)
  const outcome = call.past_call?.outcome ?? call.outcome
  return (
    <li className={styles.item}>
      <span className={styles.head}>
        <time dateTime={call.requested_at}>{formatTime(language, call.requested_at)}</time>
        <span>{outcome === null ? texts.underWay : outcomes[outcome]}</span>
        {call.past_call !== null && call.past_call.answered_at !== null && (
          <span>{formatDuration(call.past_call.billable)}</span>
        )}
        <span className={styles.soft}>
          {call.number} {texts.by(call.agent_name ?? `#${call.agent_id}`)}
        </span>
        {call.past_call?.recorded === true && !isPlaying && (
          <Button onClick={() => setPlaying(true)}>
            <Icon name="play" />
            {texts.play}
          </Button>
        )}
      </span>
      {isPlaying && (
        <Suspense>
          <RecordingPlayer callId={call.id} />
        </Suspense>
      )}
    </li>
  )
}
