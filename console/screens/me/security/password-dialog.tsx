import { type FormEvent, type ReactNode, useState } from 'react'
import { ApiError } from '../../../api/client.ts'
import { Button } from '../../../components/button.tsx'
import { Dialog, DialogActions } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { factorMessages } from '../../../components/factors/messages.ts'
import { TextField } from '../../../components/field.tsx'
import { Notice } from '../../../components/notice.tsx'
import { PasswordField } from '../../../components/password-field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../me.module.css'
import { securityMessages } from './messages.ts'

interface PasswordDialogProps {
  title: string
  /** Asks for a name, too. */
  nameLabel?: string
  action: string
  isDanger?: boolean
  children?: ReactNode
  onSubmit(password: string, name: string): Promise<void>
  onClose(): void
}

/** Asks for the current password, which each change of the sign-in needs. */
export function PasswordDialog(props: PasswordDialogProps) {
  const { title, nameLabel, action, isDanger = false, children, onSubmit, onClose } = props
  const texts = useMessages(securityMessages)
  const { cancel } = useMessages(factorMessages)
  const describe = useSecurityErrorText()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const [password, name] = [String(data.get('current')), String(data.get('name') ?? '').trim()]
    if (password === '' || (nameLabel !== undefined && name === '')) return
    setBusy(true)
    setError(undefined)
    await onSubmit(password, name).catch((err: unknown) => setError(describe(err)))
    setBusy(false)
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {children !== undefined && <p>{children}</p>}
        {error !== undefined && <Notice tone="danger">{error}</Notice>}
        {nameLabel !== undefined && <TextField label={nameLabel} name="name" maxLength={60} required />}
        <PasswordField
          label={texts.currentPassword}
          name="current"
          autoComplete="current-password"
          required
        />
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button tone={isDanger ? 'danger' : 'primary'} type="submit" disabled={isBusy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** @returns a function that describes a failure in the words of this section */
export function useSecurityErrorText(): (err: unknown) => string {
  const texts = useMessages(securityMessages)
  const describe = useErrorText()
  return (err) => {
    if (!(err instanceof ApiError)) return texts.passkeyFailed
    if (err.code === 'credentials_wrong') return texts.wrong
    return err.code === 'conflict' && err.detail?.includes('last one') === true ? texts.last : describe(err)
  }
}
