import { type FormEvent, type InputHTMLAttributes, type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import styles from './code-form.module.css'
import { TextField } from './field.tsx'
import { Notice } from './notice.tsx'

/** A code of a device of the person's own, such as an authenticator app. */
const ONE_TIME = { autoComplete: 'one-time-code', autoCapitalize: 'none', autoFocus: true } as const
/** Of an authenticator app, perhaps with a blank between. */
export const SIX_DIGITS = { ...ONE_TIME, inputMode: 'numeric', maxLength: 7 } as const

/** One code. @param onCode rejects with a text for the person @param empty the text if it is sent without one @param actions the row of buttons, in a dialog */
export function CodeForm({
  label,
  hint,
  action,
  onCode,
  empty,
  field = ONE_TIME,
  actions = (confirm) => confirm,
}: {
  label: string
  hint?: string
  action: string
  onCode(code: string): Promise<void>
  empty?: string
  field?: InputHTMLAttributes<HTMLInputElement>
  actions?: ((confirm: ReactNode) => ReactNode) | undefined
}) {
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).trim()
    if (code === '') return setError(empty)
    setBusy(true)
    setError(undefined)
    await onCode(code).catch((err: unknown) => setError(err instanceof Error ? err.message : String(err)))
    setBusy(false)
  }
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <TextField label={label} hint={hint} name="code" required {...field} />
      {actions(
        <Button tone="primary" type="submit" disabled={isBusy}>
          {action}
        </Button>,
      )}
    </form>
  )
}
