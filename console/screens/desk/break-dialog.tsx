import { type FormEvent, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { componentMessages } from '../../components/messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './desk.module.css'
import { deskMessages } from './messages.ts'

const MAX_REASON = 100

/** Requests the reason of a break. */
export function BreakDialog({ onChoose, onClose }: { onChoose(reason: string): void; onClose(): void }) {
  const { status: texts } = useMessages(deskMessages)
  const { cancel } = useMessages(componentMessages)
  const [reason, setReason] = useState('short')
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const own = String(new FormData(event.currentTarget).get('own') ?? '').trim()
    onChoose(reason === 'other' && own !== '' ? own : reason)
  }
  return (
    <Dialog title={texts.breakTitle} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <p>{texts.breakHint}</p>
        <SelectField label={texts.reason} value={reason} onChange={({ target }) => setReason(target.value)}>
          {Object.entries(texts.reasons).map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </SelectField>
        {reason === 'other' && <TextField label={texts.otherReason} name="own" maxLength={MAX_REASON} />}
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button tone="primary" type="submit">
            {texts.start}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
