import type { FormEvent } from 'react'
import { Button } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { TextField } from '../../components/field.tsx'
import { componentMessages } from '../../components/messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './desk.module.css'
import { deskMessages } from './messages.ts'

const MAX_REASON = 100

/** Requests the reason of a break: one of the usual by one key, or another in words. */
export function BreakDialog({ onChoose, onClose }: { onChoose(reason: string): void; onClose(): void }) {
  const { status: texts } = useMessages(deskMessages)
  const { cancel } = useMessages(componentMessages)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason') ?? '').trim()
    if (reason !== '') onChoose(reason)
  }
  return (
    <Dialog title={texts.breakTitle} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <p>{texts.breakHint}</p>
        <div className={styles.actions}>
          {Object.entries(texts.reasons).map(([key, name]) => (
            <Button key={key} onClick={() => onChoose(key)}>
              {name}
            </Button>
          ))}
        </div>
        <TextField label={texts.otherReason} name="reason" maxLength={MAX_REASON} />
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
