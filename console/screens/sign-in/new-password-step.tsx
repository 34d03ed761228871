import { useEffect, useRef, useState } from 'react'
import { ApiError, createPublicApi, dataOf } from '../../api/client.ts'
import type { SignInRequest } from '../../app/session/auth-api.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { TextField } from '../../components/field.tsx'
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

/** Of an authenticator app; a recovery code has letters too. */
const CODE = /^[0-9 ]{6,8}$/

/** Asks for a password in place of one that an administrator set. */
export function NewPasswordStep({ given, onChanged, onCancel }: NewPasswordStepProps) {
  const { mustChange: texts } = useMessages(accountMessages)
  const describeError = useErrorText()
  const { login, password, rememberMe } = given
  /** The account has a second factor. */
  const [needsFactor, setNeedsFactor] = useState(false)
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => form.current?.querySelector('input')?.focus(), [])

  async function change(field: (name: string) => string) {
    const next = field('password')
    const code = field('code')
    const factor = code === '' ? {} : CODE.test(code) ? { code } : { recovery_code: code }
    const body = { login, password, new_password: next, ...factor }
    try {
      const { session_token } = await dataOf(
        createPublicApi().POST('/api/v1/sign-in/password-change', { body }),
      )
      // Without a token the account has to add a second factor: the sign-in with the new password asks for it.
      await onChanged(
        session_token === null
          ? { login, password: next, rememberMe }
          : { sessionToken: session_token, rememberMe },
      )
    } catch (err) {
      if (!(err instanceof ApiError && err.code === 'second_factor_required')) throw err
      setNeedsFactor(true)
    }
  }
  return (
    <div ref={form} className={styles.form}>
      <p>{texts.intro}</p>
      <AccountForm submit={texts.submit} describeError={describeError} onSubmit={change}>
        <NewPasswordField />
        {needsFactor && (
          <TextField
            label={texts.code}
            hint={texts.codeHint}
            name="code"
            autoComplete="one-time-code"
            required
          />
        )}
      </AccountForm>
      <Button onClick={onCancel}>{texts.cancel}</Button>
    </div>
  )
}
