import { type FormEvent, useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { TextField } from '../../../components/field.tsx'
import { componentMessages } from '../../../components/messages.ts'
import { isZone, ownZone, toLocalTime } from '../../../components/zone-time.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../desk.module.css'
import { deskMessages } from '../messages.ts'
import type { Result } from '../notes/draft-store.ts'
import type { Lead } from '../wire.ts'
import { formatInZone } from '../zone-words.ts'
import { type CallbackProblem, readCallbackTime, usualTimes } from './callback-time.ts'

interface CallbackDialogProps {
  lead: Lead
  onAgree(callback: NonNullable<Result['callback']>): void
  onClose(): void
}

/** Agrees a time with the lead, in the lead’s own zone. */
export function CallbackDialog({ lead, onAgree, onClose }: CallbackDialogProps) {
  const { callback: texts } = useMessages(deskMessages)
  const { cancel } = useMessages(componentMessages)
  // A browser that is older than the server’s zones may not know all of them.
  const zone = isZone(lead.time_zone) ? lead.time_zone : ownZone()
  const [now] = useState(Date.now)
  const usual = usualTimes(zone, now)
  const [at, setAt] = useState(usual.tomorrow)
  const [problem, setProblem] = useState<CallbackProblem>()

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const read = readCallbackTime(zone, at, Date.now())
    if (typeof read === 'string') return setProblem(read)
    const isOwn = new FormData(event.currentTarget).get('own') === 'on'
    onAgree({ at, time_zone: zone, own: isOwn })
  }
  return (
    <Dialog title={texts.title(lead.name)} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextField
          label={texts.at(zone)}
          type="datetime-local"
          value={at}
          min={toLocalTime(zone, now)}
          error={problem && texts.problems[problem]}
          onChange={({ target }) => {
            setProblem(undefined)
            setAt(target.value)
          }}
        />
        <div className={styles.actions}>
          {(['inAnHour', 'tomorrow', 'nextWeek'] as const).map((which) => (
            <Button key={which} aria-pressed={at === usual[which]} onClick={() => setAt(usual[which])}>
              {texts.usual[which]}
            </Button>
          ))}
        </div>
        <BothTimes zone={zone} at={at} />
        <label className={styles.check}>
          <input type="checkbox" name="own" defaultChecked={true} />
          <span>
            {texts.own} <span className={styles.soft}>{texts.ownHint}</span>
          </span>
        </label>
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button tone="primary" type="submit">
            {texts.agree}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** The agreed time as the lead reads it, and as the agent does. */
function BothTimes({ zone, at }: { zone: string; at: string }) {
  const { callback: texts } = useMessages(deskMessages)
  const language = useLanguage()
  const moment = readCallbackTime(zone, at, 0)
  if (typeof moment === 'string') return null
  return (
    <dl className={styles.facts} aria-live="polite">
      {[
        [texts.there, zone],
        [texts.here, ownZone()],
      ].map(([name = '', zone = '']) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {formatInZone(language, moment, zone)} <span className={styles.soft}>{zone}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
