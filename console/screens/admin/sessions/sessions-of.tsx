import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useDeviceName } from '../../../components/device/device-name.ts'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { Badge } from '../badge.tsx'
import { Facts } from '../facts.tsx'
import { adminMessages } from '../messages.ts'
import { PagedRows } from '../paged-rows.tsx'
import { useReloadLists } from '../reload-lists.ts'
import { usePages } from '../use-pages.ts'
import { usePersonName } from '../use-person-name.ts'
import { sessionsMessages } from './messages.ts'

type Session = Wire<'Session'>
const REFRESH_MS = 10_000

export function SessionsOf({ userId, onOther }: { userId: string; onOther(): void }) {
  const texts = useMessages(sessionsMessages)
  const shared = useMessages(adminMessages)
  const { api } = useConsole()
  const name = usePersonName(userId)
  const [ending, setEnding] = useState<Session | 'all'>()
  const list = usePages(
    ['sessions', userId],
    async (query, signal) => {
      const params = { path: { userId }, query }
      const { sessions, ...rest } = await dataOf(
        api.GET('/api/v1/users/{userId}/sessions', { params, signal }),
      )
      return { rows: sessions, ...rest }
    },
    { refreshMs: REFRESH_MS },
  )
  return (
    <>
      <h2>
        <bdi>{texts.of(name)}</bdi>
      </h2>
      <div className={styles.actions}>
        <Button onClick={onOther}>{shared.otherPerson}</Button>
        {list.rows.length > 0 && (
          <Button tone="danger" onClick={() => setEnding('all')}>
            {texts.endAll}
          </Button>
        )}
      </div>
      <PagedRows list={list} label={texts.list} empty={texts.empty} keyOf={({ id }) => id}>
        {(session) => <SessionRow session={session} onEnd={() => setEnding(session)} />}
      </PagedRows>
      {ending !== undefined && (
        <EndDialog userId={userId} name={name} ending={ending} onClose={() => setEnding(undefined)} />
      )}
    </>
  )
}

function SessionRow({ session, onEnd }: { session: Session; onEnd(): void }) {
  const texts = useMessages(sessionsMessages)
  const language = useLanguage()
  const program = useDeviceName()(session.user_agent)
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{program}</bdi>
          {session.current && <Badge>{texts.current}</Badge>}
        </p>
        <Facts
          facts={[
            [texts.fields.surface, texts.surfaces[session.surface] ?? session.surface],
            [texts.fields.address, session.address],
            [texts.fields.since, formatTime(language, session.created_at)],
            [texts.fields.lastSeen, formatTime(language, session.last_seen_at)],
          ]}
        />
      </div>
      <Button aria-label={texts.endOne(program)} onClick={onEnd}>
        {texts.end}
      </Button>
    </>
  )
}

function EndDialog({
  userId,
  name,
  ending,
  onClose,
}: {
  userId: string
  name: string
  ending: Session | 'all'
  onClose(): void
}) {
  const texts = useMessages(sessionsMessages)
  const { api } = useConsole()
  const reload = useReloadLists()
  const describeError = useErrorText()
  async function end() {
    let count = 1
    if (ending === 'all') {
      const answer = api.DELETE('/api/v1/users/{userId}/sessions', { params: { path: { userId } } })
      count = (await dataOf(answer)).ended
    } else {
      const path = { userId, sessionId: ending.id }
      await api.DELETE('/api/v1/users/{userId}/sessions/{sessionId}', { params: { path } })
    }
    showToast(texts.ended(count))
    reload()
  }
  return (
    <ConfirmDialog
      title={ending === 'all' ? texts.endAllTitle(name) : texts.endTitle}
      action={ending === 'all' ? texts.endAll : texts.end}
      onConfirm={end}
      onClose={onClose}
      describeError={describeError}
    >
      {texts.endWhat}
    </ConfirmDialog>
  )
}
