import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { useConsole, useSelected } from '../../app/console-context.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { Clock, useNowS } from '../../components/calls/clock.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { showToast } from '../../components/toast.tsx'
import { formatDuration } from '../../i18n/format.ts'
import { useMessages } from '../../i18n/messages.ts'
import { useStatusChange } from './agent-status.tsx'
import { reloadOften, secondsLeft } from './clock.ts'
import styles from './desk.module.css'
import { Key } from './key.tsx'
import { deskMessages } from './messages.ts'
import { reloadDesk } from './use-desk.ts'
import type { Desk } from './wire.ts'

/** The call of the lead with its clock, and the wrap-up with the time that is left. */
export function CallState({ desk: { call, wrap_up: wrapUp }, offsetMs }: { desk: Desk; offsetMs: number }) {
  const { call: texts } = useMessages(deskMessages)
  if (wrapUp !== null) return <WrapUp until={wrapUp.until} offsetMs={offsetMs} />
  if (call === null) return null
  const since = call.answered_at ?? call.started_at
  return (
    <div className={styles.call} data-call={call.state}>
      <p>
        <strong role="status">{texts.states[call.state]}</strong>{' '}
        {call.state !== 'ended' && <Clock since={new Date(Date.parse(since) - offsetMs).toISOString()} />}
      </p>
      {call.state !== 'ended' && <HangUp callId={call.id} />}
    </div>
  )
}

/** For a call at another phone than that of the page: that one has its own button and key. */
function HangUp({ callId }: { callId: string }) {
  const { call: texts } = useMessages(deskMessages)
  const { api, phone } = useConsole()
  const describeError = useErrorText()
  const isInPage = useSelected(phone.snapshot, ({ calls }) => calls.some(({ state }) => state !== 'ended'))
  const hangUp = useCallback(
    () =>
      void api
        .POST('/api/v1/calls/{callId}/hangup', { params: { path: { callId } } })
        .catch((err: unknown) => showToast(describeError(err), 'danger')),
    [api, callId, describeError],
  )
  if (isInPage) return null
  return (
    <>
      <HangUpKey label={texts.hangUp} onPress={hangUp} />
      <Button tone="danger" onClick={hangUp}>
        <Icon name="hangup" />
        {texts.hangUp} <Key name="x" />
      </Button>
    </>
  )
}

function HangUpKey({ label, onPress }: { label: string; onPress(): void }) {
  useShortcut('x', label, onPress)
  return null
}

/** From here on a screen reader announces once that the time runs out. */
const SOON_S = 10

function WrapUp({ until, offsetMs }: { until: string | null; offsetMs: number }) {
  const { wrapUp: texts } = useMessages(deskMessages)
  const queries = useQueryClient()
  const nowS = useNowS()
  const { mutate } = useStatusChange()
  const left = until === null ? undefined : secondsLeft(until, nowS, offsetMs)
  const isOver = left === 0
  useEffect(() => {
    return isOver ? reloadOften(() => reloadDesk(queries)) : undefined
  }, [isOver, queries])
  const hold = useCallback(() => mutate({ status: 'after_call' }), [mutate])
  useShortcut('w', texts.hold, hold)
  return (
    <div className={styles.call} data-call="wrap-up">
      {left === undefined ? (
        <p>
          <strong>{texts.title}</strong> {texts.held}
        </p>
      ) : (
        <p>
          <strong>{texts.title}</strong>{' '}
          <span role="timer" className={styles.left} data-soon={left <= SOON_S}>
            {formatDuration(left)}
          </span>{' '}
          {texts.left}
        </p>
      )}
      {left !== undefined && (
        <Button onClick={hold}>
          {texts.hold} <Key name="w" />
        </Button>
      )}
      <p className="visually-hidden" role="status">
        {left !== undefined && left > 0 && left <= SOON_S ? texts.soon(SOON_S) : ''}
      </p>
    </div>
  )
}
