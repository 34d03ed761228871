import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { Notice } from '../../components/notice.tsx'
import { readRefusal } from '../../components/refused-field.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './admin.module.css'

interface FormDialogProps {
  title: string
  /** The verb on the button. */
  action: string
  tone?: 'primary' | 'danger'
  /** @param errorOf the refusal of a field, by its name */
  children(errorOf: (field: string) => string | undefined): ReactNode
  /** Closes the dialog unless it resolves to `stay` or rejects; a refusal is shown beside its field. */
  onSubmit(form: FormData): Promise<'stay' | undefined>
  onClose(): void
}

/** A modal form. */
export function FormDialog({
  title,
  action,
  tone = 'primary',
  children,
  onSubmit,
  onClose,
}: FormDialogProps) {
  const texts = useMessages(componentMessages)
  const describeError = useErrorText()
  const [refusals, setRefusals] = useState<ReadonlyMap<string, string>>(new Map())
  const [isBusy, setBusy] = useState(false)

  const ref = useRef<HTMLFormElement>(null)
  useEffect(() => {
    // It may be far from the button, in a long form.
    if (refusals.size > 0) ref.current?.querySelector('[role=alert]')?.scrollIntoView({ block: 'nearest' })
  }, [refusals])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    setBusy(true)
    setRefusals(new Map())
    try {
      if ((await onSubmit(new FormData(form))) !== 'stay') return onClose()
    } catch (err) {
      const detail = err instanceof ApiError ? err.detail : undefined
      const describe = (reason: string | undefined) =>
        describeError(
          err instanceof ApiError ? new ApiError(err.status, err.code, reason, err.retryAfterMs) : err,
        )
      setRefusals(readRefusal(detail, (name) => form.elements.namedItem(name) !== null, describe))
    }
    setBusy(false)
  }

  const rest = refusals.get('')
  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={ref} className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {children((field) => refusals.get(field))}
        {rest !== undefined && <Notice tone="danger">{rest}</Notice>}
        <DialogActions>
          <Button onClick={onClose}>{texts.cancel}</Button>
          <Button tone={tone} type="submit" disabled={isBusy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
