import { useEffect, useRef } from 'react'
import { ApiError, createPublicApi, dataOf } from '../../api/client.ts'
import type { SignInRequest } from '../../app/session/auth-api.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { useMessages } from '../../i18n/messages.ts'
import { NewPasswordField } from './account-fields.tsx'
import { AccountForm } from './account-form.tsx'
import { accountMessages } from './account-messages.ts'
import styles from './sign-in.module.css'

export interface NewPasswordStepProps {
  /** What the person has signed in with: its password has to be replaced. */
  given: { login: string; password: string; rememberMe: boolean }
  /** The password is replaced: what the page signs in with then. */
  onChanged(next: SignInRequest): Promise<void>
  onCancel(): void
}

/** Asks for a password in place of one that an administrator set. */
export function NewPasswordStep({ given, onChanged, onCancel }: NewPasswordStepProps) {
  const { mustChange: texts } = useMessages(accountMessages)
  const describeError = useErrorText()
  const { login, password, rememberMe } = given
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])

  async function change(field: (name: string) => string) {
    const next = field('password')
    const body = { login, password, new_password: next }
    try {
      const { session_token } = await dataOf(
        createPublicApi().POST('/api/v1/sign-in/password-change', { body }),
      )
      await onChanged({ sessionToken: session_token, rememberMe })
    } catch (err) {
      if (!(err instanceof ApiError && err.code === 'second_factor_required')) throw err
      // The password is replaced: the sign-in with the new one asks for the rest.
      await onChanged({ login, password: next, rememberMe })
    }
  }
  return (
    <div ref={form} className={styles.form}>
      <p>{texts.intro}</p>
      <AccountForm submit={texts.submit} describeError={describeError} onSubmit={change}>
        <NewPasswordField />
      </AccountForm>
      <Button onClick={onCancel}>{texts.cancel}</Button>
    </div>
  )
}
