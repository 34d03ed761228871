import { type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useMessages } from '../i18n/messages.ts'
import { Button } from './button.tsx'
import styles from './dialog.module.css'
import { componentMessages } from './messages.ts'
import { Notice } from './notice.tsx'

interface DialogProps {
  title: string
  children: ReactNode
  /** Esc, or a button of the dialog. */
  onClose(): void
}

/** A modal dialog, shown while it is rendered. The browser holds the focus inside and gives it back afterwards. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current
    if (dialog !== null && !dialog.open) dialog.showModal()
  }, [])
  // Before the element is removed: only a dialog that is closed gives the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <div className={styles.content}>
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  )
}

/** The row of buttons at the end of a dialog. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <div className={styles.actions}>{children}</div>
)

interface ConfirmProps {
  title: string
  /** What will happen. */
  children: ReactNode
  /** The verb on the button, such as “Delete”. */
  action: string
  tone?: 'danger' | 'primary'
  /** Stays open and shows the failure if it rejects. */
  onConfirm(): Promise<void>
  onClose(): void
  describeError(err: unknown): string
}

/** Asks before an act that cannot be undone. */
export function ConfirmDialog({
  title,
  children,
  action,
  tone = 'danger',
  onConfirm,
  onClose,
  describeError,
}: ConfirmProps) {
  const texts = useMessages(componentMessages)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  async function confirm() {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      onClose()
    } catch (err) {
      setError(describeError(err))
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{children}</div>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>{texts.cancel}</Button>
        <Button tone={tone} disabled={isBusy} onClick={() => void confirm()}>
          {action}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
