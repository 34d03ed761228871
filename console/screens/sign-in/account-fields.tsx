import { TextField } from '../../components/field.tsx'
import { PasswordField } from '../../components/password-field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { accountMessages } from './account-messages.ts'
import styles from './sign-in.module.css'

export function EmailField() {
  const { email } = useMessages(accountMessages)
  return <TextField label={email} name="email" type="email" autoComplete="email" maxLength={254} required />
}

/** Username, first and last name of a person in the call center. */
export function NameFields() {
  const texts = useMessages(accountMessages)
  return (
    <>
      <UsernameField />
      <div className={styles.names}>
        <TextField label={texts.firstName} name="firstName" autoComplete="given-name" maxLength={100} />
        <TextField label={texts.lastName} name="lastName" autoComplete="family-name" maxLength={100} />
      </div>
    </>
  )
}

export function UsernameField({ error }: { error?: string | undefined }) {
  const { username } = useMessages(accountMessages)
  return (
    <TextField
      label={username}
      name="username"
      error={error}
      autoComplete="username"
      autoCapitalize="none"
      maxLength={100}
      required
    />
  )
}

/** @param minLength of the sign-in options, where they are at hand; otherwise the server alone refuses a short one */
export function NewPasswordField({ minLength }: { minLength?: number }) {
  const texts = useMessages(accountMessages)
  return (
    <PasswordField
      label={texts.newPassword}
      hint={texts.passwordHint}
      name="password"
      autoComplete="new-password"
      minLength={minLength}
      maxLength={256}
      required
    />
  )
}

export function CodeField() {
  const { code } = useMessages(accountMessages)
  return <TextField label={code} name="code" autoComplete="one-time-code" autoCapitalize="none" required />
}
