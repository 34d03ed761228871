import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole, useSelected } from '../../app/console-context.ts'
import type { LiveCall } from '../../app/live/live.ts'
import { CALL_DRAG_TYPE } from '../../app/phone-port.ts'
import { Button, classNames, IconButton } from '../../components/button.tsx'
import { Clock } from '../../components/calls/clock.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { SupervisedBy } from '../../components/supervise/supervised-by.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import type { CallCard as Card } from '../../phone/phone-types.ts'
import styles from './call-card.module.css'
import { truthOf } from './call-truth.ts'
import { Consultation } from './consultation.tsx'
import { Keypad } from './keypad.tsx'
import { phoneMessages } from './messages.ts'
import { QualityMark } from './quality-mark.tsx'
import { TransferDialog } from './transfer-dialog.tsx'
import { usePhone } from './use-phone.ts'

/** One call of the page’s phone, with what can be done to it now. */
export function CallCard({ call }: { call: Card }) {
  const texts = useMessages(phoneMessages)
  const { outcomes } = useMessages(callMessages)
  const { api, claims } = useConsole()
  const { run, phone } = usePhone()
  const errorText = useErrorText()
  const [isKeypadOpen, setKeypadOpen] = useState(false)
  const [isTransferring, setTransferring] = useState(false)
  const [consulted, setConsulted] = useState<string>()
  const { id, direction, state, muted, error } = call
  /** While it listens to a call of others, it is in none. */
  const isSupervising = call.supervises !== undefined && call.supervises !== call.apiCallId
  const apiCallId = isSupervising ? undefined : call.apiCallId
  const pbxCall = usePbxCall({ apiCallId, direction })
  const truth = truthOf(call, pbxCall, claims.extension)
  const peer = truth.peer ?? call.peer
  const isCalling = truth.state === 'calling' || truth.state === 'ringing-there'
  const isIncoming = direction === 'incoming' && state === 'ringing'
  const isUp = (state === 'active' || state === 'remote-held' || state === 'held') && !isCalling
  const answeredAt = truth.answeredAt ?? (call.startedAt && new Date(call.startedAt).toISOString())

  async function park() {
    if (apiCallId === undefined) return
    try {
      const { space } = await dataOf(
        api.POST('/api/v1/calls/{callId}/park', { params: { path: { callId: apiCallId } } }),
      )
      showToast(texts.parked(space))
    } catch (err) {
      showToast(errorText(err), 'danger')
    }
  }

  return (
    <li
      className={classNames(styles.card, isIncoming && styles.incoming)}
      data-call-state={state}
      // Onto a person: a transfer. The button is for keyboards.
      draggable={isUp && apiCallId !== undefined}
      onDragStart={({ dataTransfer }) => dataTransfer.setData(CALL_DRAG_TYPE, apiCallId ?? '')}
    >
      <div className={styles.peer}>
        <span className={styles.name}>{peer.name || peer.number || texts.unknownCaller}</span>
        {peer.name !== '' && <span className={styles.number}>{peer.number}</span>}
      </div>
      <div className={styles.state}>
        {/* The clock is not announced each second. */}
        <span role="status">{stateText()}</span>
        {isUp && answeredAt && <Clock since={answeredAt} />}
        {call.quality !== undefined && isUp && <QualityMark quality={call.quality} />}
      </div>
      {pbxCall !== undefined && isUp && <SupervisedBy call={pbxCall} />}
      {consulted !== undefined && isUp && apiCallId !== undefined && (
        <Consultation callId={apiCallId} number={consulted} onEnd={() => setConsulted(undefined)} />
      )}
      {isIncoming && (
        <div className={styles.actions}>
          <Button tone="success" onClick={() => run(phone.run('answer', id))}>
            <Icon name="phone" />
            {texts.answer}
          </Button>
          <Button tone="danger" onClick={() => run(phone.run('decline', id))}>
            <Icon name="hangup" />
            {texts.decline}
          </Button>
        </div>
      )}
      {state !== 'ended' && !isIncoming && (
        <div className={styles.actions}>
          {isUp && (
            <>
              {!isSupervising && (
                <IconButton
                  label={state === 'held' ? texts.resume : texts.hold}
                  aria-pressed={state === 'held'}
                  onClick={() => run(phone.run(state === 'held' ? 'unhold' : 'hold', id))}
                >
                  <Icon name={state === 'held' ? 'play' : 'pause'} />
                </IconButton>
              )}
              <IconButton
                label={muted ? texts.unmute : texts.mute}
                aria-pressed={muted}
                onClick={() => run(phone.run('mute', id, !muted))}
              >
                <Icon name={muted ? 'mute' : 'microphone'} />
              </IconButton>
              <IconButton
                label={texts.keypad}
                aria-expanded={isKeypadOpen}
                onClick={() => setKeypadOpen(!isKeypadOpen)}
              >
                <Icon name="keypad" />
              </IconButton>
              {apiCallId !== undefined && consulted === undefined && (
                <>
                  <IconButton label={texts.transfer} onClick={() => setTransferring(true)}>
                    <Icon name="transfer" />
                  </IconButton>
                  <IconButton label={texts.park} onClick={() => void park()}>
                    <Icon name="park" />
                  </IconButton>
                </>
              )}
            </>
          )}
          <Button tone="danger" className={styles.hangUp} onClick={() => run(phone.run('hangup', id))}>
            <Icon name="hangup" />
            {texts.hangUp}
          </Button>
        </div>
      )}
      {state === 'ended' && (
        <div className={styles.actions}>
          {error === 'lost' && (
            <Button onClick={() => run(phone.run('dial', peer.number))}>
              <Icon name="phone" />
              {texts.callBack}
            </Button>
          )}
          <Button tone="quiet" onClick={() => run(phone.run('dismiss', id))}>
            {texts.dismiss}
          </Button>
        </div>
      )}
      {isKeypadOpen && isUp && (
        <Keypad
          label={texts.keypadFor(peer.name || peer.number)}
          onDigit={(digit) => run(phone.run('sendDtmf', id, digit))}
        />
      )}
      {isTransferring && apiCallId !== undefined && (
        <TransferDialog
          callId={apiCallId}
          peer={peer.name || peer.number}
          onConsult={setConsulted}
          onClose={() => setTransferring(false)}
        />
      )}
    </li>
  )

  function stateText() {
    if (truth.isElsewhere) return texts.errors.answered_elsewhere
    if (state === 'ended') {
      const { outcome } = truth
      // What the PBX knows of the other end goes before what SIP knows of the own one.
      if (direction === 'outgoing' && outcome && outcome !== 'answered' && outcome !== 'cancelled')
        return outcomes[outcome]
      return error === undefined ? texts.state.ended : texts.errors[error]
    }
    if (isSupervising && state === 'active') return texts.listens
    return isIncoming ? texts.incoming : texts.state[truth.state]
  }
}

/** The call as the PBX shows it, also just before and after it is live. */
function usePbxCall({ apiCallId, direction }: Pick<Card, 'apiCallId' | 'direction'>): LiveCall | undefined {
  const { api, live } = useConsole()
  const shown = useSelected(live.calls, (calls) => calls.find(({ id }) => id === apiCallId))
  const [last, setLast] = useState<LiveCall>()
  useEffect(
    () =>
      live.onCall((changed) => {
        if (changed.id === apiCallId) setLast(changed)
      }),
    [live, apiCallId],
  )
  const { data } = useQuery({
    queryKey: ['call', apiCallId],
    enabled: apiCallId !== undefined && direction === 'outgoing',
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/calls/{callId}', { params: { path: { callId: apiCallId ?? '' } }, signal })),
  })
  return shown ?? last ?? data
}
