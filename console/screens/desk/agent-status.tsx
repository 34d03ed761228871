import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import type { Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { Clock } from '../../components/calls/clock.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { BreakDialog } from './break-dialog.tsx'
import styles from './desk.module.css'
import { Key } from './key.tsx'
import { loadedDesk } from './loaded-desk.ts'
import { deskMessages } from './messages.ts'
import { putDesk } from './use-desk.ts'
import type { Desk } from './wire.ts'

type Change = Wire<'DeskStatus'>

/** Sets the agent’s status, and shows what the server has answered. */
export function useStatusChange() {
  const { api } = useConsole()
  const queries = useQueryClient()
  const describeError = useErrorText()
  return useMutation({
    mutationFn: (body: Change) => loadedDesk(api.PUT('/api/v1/desk/status', { body })),
    onSuccess: (loaded) => putDesk(queries, loaded),
    onError: (err) => showToast(describeError(err), 'danger'),
  })
}

/** Ready, break with a reason, off duty; with the time since. */
export function AgentStatus({ desk, offsetMs }: { desk: Desk; offsetMs: number }) {
  const { status: texts } = useMessages(deskMessages)
  const [isAsking, setAsking] = useState(false)
  const change = useStatusChange()
  const { mutate } = change
  const { status, since, break_reason: reason } = desk.agent
  const setReady = useCallback(() => mutate({ status: 'ready' }), [mutate])
  useShortcut('r', texts.ready, setReady)
  const call = desk.call?.state === 'ended' ? null : desk.call
  const name = call === null ? texts.names[status] : texts.inCall
  const shownReason = call !== null || reason === null ? undefined : (texts.reasons[reason] ?? reason)
  // During a call and after it, `b` chooses the break that follows.
  const isFree = desk.lead === null
  return (
    <section className={styles.status} aria-label={texts.title}>
      <p className={styles.state} data-status={status}>
        <span role="status">{shownReason === undefined ? name : `${name}: ${shownReason}`}</span>{' '}
        <span className={styles.soft}>
          {texts.since}{' '}
          <Clock since={new Date(Date.parse(call?.started_at ?? since) - offsetMs).toISOString()} />
        </span>
      </p>
      <div className={styles.actions}>
        <Button
          tone={status === 'ready' ? 'plain' : 'success'}
          aria-pressed={status === 'ready'}
          disabled={change.isPending}
          onClick={setReady}
        >
          {texts.ready} <Key name="r" />
        </Button>
        <Button aria-pressed={status === 'break'} disabled={change.isPending} onClick={() => setAsking(true)}>
          {texts.break} {isFree && <Key name="b" />}
        </Button>
        <Button
          aria-pressed={status === 'offline'}
          disabled={change.isPending}
          onClick={() => mutate({ status: 'offline' })}
        >
          {texts.offline}
        </Button>
      </div>
      {isFree && <BreakKey label={texts.breakTitle} onPress={() => setAsking(true)} />}
      {isAsking && (
        <BreakDialog
          onClose={() => setAsking(false)}
          onChoose={(reason) => {
            setAsking(false)
            mutate({ status: 'break', reason })
          }}
        />
      )}
    </section>
  )
}

function BreakKey({ label, onPress }: { label: string; onPress(): void }) {
  useShortcut('b', label, onPress)
  return null
}
