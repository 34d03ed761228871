import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { accountMessages } from './account-messages.ts'
import styles from './sign-in.module.css'

interface AccountFormProps {
  submit: string
  children: ReactNode
  /** @param field the trimmed text of an input; a password as it was typed */
  onSubmit(field: (name: string) => string): Promise<void>
  describeError(err: unknown): string
}

/** A form of the account pages: nothing is sent before each required field is filled in. */
export function AccountForm({ submit, children, onSubmit, describeError }: AccountFormProps) {
  const texts = useMessages(accountMessages)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const invalid = form.querySelector<HTMLInputElement>('input:invalid')
    if (invalid !== null) {
      invalid.focus()
      if (invalid.validity.tooShort) return setError(texts.passwordTooShort(invalid.minLength))
      return setError(invalid.type === 'email' ? texts.emailNeeded : texts.incomplete)
    }
    const data = new FormData(form)
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit((name) => {
        const value = String(data.get(name) ?? '')
        return name === 'password' ? value : value.trim()
      })
    } catch (err) {
      setError(describeError(err))
    }
    setBusy(false)
  }

  return (
    <form className={styles.form} onSubmit={(event) => void send(event)} noValidate>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      {children}
      <Button tone="primary" type="submit" disabled={isBusy}>
        {submit}
      </Button>
    </form>
  )
}

/** What an account page ends with: a sentence, and the way to the sign-in page. */
export function Finished({ children }: { children: ReactNode }) {
  const { toSignIn } = useMessages(accountMessages)
  return (
    <>
      <Notice tone="success">{children}</Notice>
      <a href="/console/">{toSignIn}</a>
    </>
  )
}

export function BackToSignIn() {
  const { toSignIn } = useMessages(accountMessages)
  return <a href="/console/">{toSignIn}</a>
}
