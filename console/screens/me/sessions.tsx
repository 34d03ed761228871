import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useDeviceName } from '../../components/device/device-name.ts'
import { ConfirmDialog } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { formatFullTime, formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'

export const SESSIONS_KEY = ['sessions'] as const
type Session = Wire<'Session'>

/** All sessions of the user, of every surface; each can be ended here. */
export function SessionsSection() {
  const { sessions: texts } = useMessages(meMessages)
  const { loading, loadFailed, retry } = useMessages(componentMessages)
  const { api } = useConsole()
  const [ending, setEnding] = useState<Session | 'others'>()
  const list = useInfiniteQuery({
    queryKey: SESSIONS_KEY,
    queryFn: ({ signal, pageParam: cursor }) =>
      dataOf(
        api.GET('/api/v1/sessions', {
          params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  const sessions = list.data?.pages.flatMap((page) => page.sessions) ?? []
  const total = list.data?.pages.at(-1)?.total ?? 0
  return (
    <Section title={texts.title}>
      {list.isPending && <EmptyState title={loading} />}
      {list.isError && (
        <EmptyState title={loadFailed}>
          <Button onClick={() => void list.refetch()}>{retry}</Button>
        </EmptyState>
      )}
      {list.data !== undefined && (
        <>
          <div className={styles.actions}>
            <p className={styles.soft}>{texts.total(total)}</p>
            {total > 1 && <Button onClick={() => setEnding('others')}>{texts.endOthers}</Button>}
          </div>
          <ul className={styles.sessions}>
            {sessions.map((one) => (
              <SessionRow key={one.id} session={one} onEnd={() => setEnding(one)} />
            ))}
          </ul>
          {list.hasNextPage && (
            <Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {texts.more}
            </Button>
          )}
        </>
      )}
      {ending !== undefined && <EndDialog ending={ending} onClose={() => setEnding(undefined)} />}
    </Section>
  )
}

function SessionRow({ session, onEnd }: { session: Session; onEnd(): void }) {
  const { sessions: texts } = useMessages(meMessages)
  const language = useLanguage()
  const device = useDeviceName()(session.user_agent)
  return (
    <li className={styles.session}>
      <div>
        <p className={styles.device}>
          {device}
          {session.current && <span className={styles.current}>{texts.current}</span>}
        </p>
        <p>{texts.details(texts.surfaces[session.surface] ?? session.surface, session.address)}</p>
        <p className={styles.soft} title={formatFullTime(language, session.created_at)}>
          {texts.times(formatTime(language, session.created_at), formatTime(language, session.last_seen_at))}
        </p>
      </div>
      {!session.current && (
        <Button aria-label={texts.endOne(device)} onClick={onEnd}>
          {texts.end}
        </Button>
      )}
    </li>
  )
}

function EndDialog({ ending, onClose }: { ending: Session | 'others'; onClose(): void }) {
  const { sessions: texts } = useMessages(meMessages)
  const { api } = useConsole()
  const queries = useQueryClient()
  const describeError = useErrorText()
  const device = useDeviceName()(ending === 'others' ? undefined : ending.user_agent)
  async function end() {
    let count = 1
    if (ending === 'others')
      count = (await dataOf(api.DELETE('/api/v1/sessions', { params: { query: { scope: 'others' } } }))).ended
    else await api.DELETE('/api/v1/sessions/{sessionId}', { params: { path: { sessionId: ending.id } } })
    showToast(texts.ended(count))
    await queries.invalidateQueries({ queryKey: SESSIONS_KEY })
  }
  return (
    <ConfirmDialog
      title={ending === 'others' ? texts.endOthers : texts.endOne(device)}
      action={ending === 'others' ? texts.endOthers : texts.end}
      onConfirm={end}
      onClose={onClose}
      describeError={describeError}
    >
      {ending === 'others' ? texts.endOthersAsk : texts.endOneAsk}
    </ConfirmDialog>
  )
}
