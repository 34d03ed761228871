import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { usePhone } from '../../components/calls/use-phone.ts'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { Icon } from '../../components/icon.tsx'
import { componentMessages } from '../../components/messages.ts'
import { useContacts } from '../../components/people/use-contacts.ts'
import { RecordingPlayer } from '../../components/recordings/recording-player.tsx'
import { formatDuration, formatFullTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './history.module.css'
import { historyMessages } from './messages.ts'
import { labelOf, type PastCall, sidesOf } from './parties.ts'

/** Who, when, how long, why it ended, and its recordings. */
export function CallDetails({ call, onClose }: { call: PastCall; onClose(): void }) {
  const language = useLanguage()
  const texts = useMessages(historyMessages)
  const words = useMessages(callMessages)
  const { close } = useMessages(componentMessages)
  const { claims } = useConsole()
  const navigate = useNavigate()
  const phone = usePhone()
  const { callBack } = sidesOf(call, claims)
  const name = labelOf(callBack, words.unknownCaller)
  const time = (at: string) => formatFullTime(language, at)
  const result = words.outcomes[call.outcome]

  return (
    <Dialog title={texts.detailsTitle} onClose={onClose}>
      <dl className={styles.details}>
        <Detail label={texts.caller}>
          <PartyText party={call.from} />
        </Detail>
        <Detail label={texts.called}>
          <PartyText party={call.to} />
        </Detail>
        <Detail label={texts.direction}>{words.directions[call.direction]}</Detail>
        <Detail label={texts.started}>{time(call.started_at)}</Detail>
        <Detail label={texts.answered}>
          {call.answered_at === null ? texts.never : time(call.answered_at)}
        </Detail>
        <Detail label={texts.ended}>{time(call.ended_at)}</Detail>
        <Detail label={texts.talkTime}>{formatDuration(call.billable)}</Detail>
        <Detail label={texts.total}>{formatDuration(call.duration)}</Detail>
        <Detail label={texts.outcome}>
          {call.cause === null
            ? result
            : `${result}: ${texts.cause(texts.causes[call.cause] ?? texts.otherCause, call.cause)}`}
        </Detail>
        <Phones call={call} />
      </dl>
      {call.recorded && <RecordingPlayer callId={call.id} />}
      <DialogActions>
        {callBack.number !== '' && (
          <Button
            onClick={() => {
              onClose()
              void navigate({ to: '/history', search: { number: callBack.number } })
            }}
          >
            {texts.allWithNumber}
          </Button>
        )}
        {phone.canDial && callBack.number !== '' && callBack.number !== claims.extension && (
          <Button tone="success" onClick={() => void phone.dial(callBack.number, name)}>
            <Icon name="phone" />
            {texts.callBack(name)}
          </Button>
        )}
        <Button onClick={onClose}>{close}</Button>
      </DialogActions>
    </Dialog>
  )
}

const Detail = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className={styles.detail}>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

function PartyText({ party: { name, number } }: { party: PastCall['from'] }) {
  const { unknownCaller } = useMessages(callMessages)
  if (number === '') return name || unknownCaller
  return name === '' ? number : `${name} (${number})`
}

/** The users with a phone in the call. */
function Phones({ call: { parties } }: { call: PastCall }) {
  const texts = useMessages(historyMessages)
  const { contacts } = useContacts()
  if (parties.length === 0) return null
  const nameOf = (extension: string) => contacts.find((one) => one.extension === extension)?.name
  return (
    <Detail label={texts.phones}>
      <ul>
        {parties.map(({ extension, answered }) => (
          <li key={extension}>
            {[nameOf(extension), extension].filter(Boolean).join(' · ')}:{' '}
            {answered ? texts.pickedUp : texts.notPickedUp}
          </li>
        ))}
      </ul>
    </Detail>
  )
}
