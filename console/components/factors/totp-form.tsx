import { type FormEvent, useState } from 'react'
import type { Wire } from '../../api/client.ts'
import { useMessages } from '../../i18n/messages.ts'
import { Button } from '../button.tsx'
import { TextField } from '../field.tsx'
import { Notice } from '../notice.tsx'
import styles from './factors.module.css'
import { factorMessages } from './messages.ts'

/** What an authenticator app scans, and the first code that confirms it. */
export function TotpForm({
  setup,
  onCode,
}: {
  setup: Wire<'TotpSetup'>
  onCode(code: string): Promise<void>
}) {
  const texts = useMessages(factorMessages)
  return (
    <>
      <p>{texts.scan}</p>
      <img className={styles.qr} src={setup.qr} alt={texts.qrName} />
      <p>
        {texts.secret}: <span className={styles.secret}>{setup.secret}</span>
      </p>
      <CodeForm label={texts.code} hint={texts.codeHint} action={texts.confirm} onCode={onCode} isNumeric />
    </>
  )
}

/** One code. @param onCode rejects with a text for the person */
export function CodeForm({
  label,
  hint,
  action,
  onCode,
  isNumeric = false,
}: {
  label: string
  hint?: string
  action: string
  onCode(code: string): Promise<void>
  isNumeric?: boolean
}) {
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).trim()
    if (code === '') return
    setBusy(true)
    setError(undefined)
    await onCode(code).catch((err: unknown) => setError(err instanceof Error ? err.message : String(err)))
    setBusy(false)
  }
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <TextField
        label={label}
        hint={hint}
        name="code"
        autoComplete="one-time-code"
        autoCapitalize="none"
        autoFocus
        required
        {...(isNumeric ? { inputMode: 'numeric', maxLength: 7 } : {})}
      />
      <Button tone="primary" type="submit" disabled={isBusy}>
        {action}
      </Button>
    </form>
  )
}
