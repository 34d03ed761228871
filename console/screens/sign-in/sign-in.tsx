import { type FormEvent, useEffect, useState } from 'react'
import type { Session } from '../../app/session/session.ts'
import type { SignOutReason } from '../../app/session/tab-channel.ts'
import { Button } from '../../components/button.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { LANGUAGE_NAMES, LANGUAGES, setLanguage } from '../../i18n/language.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { signInMessages } from './messages.ts'
import styles from './sign-in.module.css'

export function SignInScreen({ session, reason }: { session: Session; reason: SignOutReason }) {
  const texts = useMessages(signInMessages)
  const language = useLanguage()
  const [failure, setFailure] = useState<'wrong' | 'invalid' | 'unavailable'>()
  const [waitS, setWaitS] = useState(0)
  const [isBusy, setBusy] = useState(false)

  useEffect(() => {
    document.title = `${texts.title} · Hookswitch`
  }, [texts])
  useEffect(() => {
    if (waitS <= 0) return
    const timer = setTimeout(() => setWaitS(waitS - 1), 1_000)
    return () => clearTimeout(timer)
  }, [waitS])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const credentials = {
      login: String(form.get('login')).trim(),
      password: String(form.get('password')),
      rememberMe: form.has('remember'),
    }
    if (credentials.login === '' || credentials.password === '') return setFailure('invalid')
    setBusy(true)
    setFailure(undefined)
    const outcome = await session.signIn(credentials).catch(() => 'unavailable' as const)
    setBusy(false)
    if (typeof outcome === 'number') setWaitS(Math.ceil(outcome / 1_000))
    else if (outcome !== 'token' && outcome !== 'throttled') setFailure(outcome)
  }

  const error =
    waitS > 0 ? texts.errors.throttled(waitS) : failure === undefined ? undefined : texts.errors[failure]
  return (
    <main className={styles.page}>
      <form className={styles.card} onSubmit={(event) => void submit(event)} noValidate>
        <p className={styles.brand}>Hookswitch</p>
        <h1>{texts.title}</h1>
        {reason !== 'none' && error === undefined && <Notice tone="warning">{texts.reasons[reason]}</Notice>}
        {error !== undefined && <Notice tone="danger">{error}</Notice>}
        <TextField label={texts.login} name="login" autoComplete="username" autoCapitalize="none" required />
        <TextField
          label={texts.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <label className={styles.remember}>
          <input type="checkbox" name="remember" />
          {texts.remember}
        </label>
        <Button tone="primary" type="submit" disabled={isBusy || waitS > 0}>
          {texts.submit}
        </Button>
        <SelectField
          label={texts.language}
          value={language}
          onChange={(event) => setLanguage(LANGUAGES.find((one) => one === event.target.value) ?? 'en')}
        >
          {LANGUAGES.map((one) => (
            <option key={one} value={one} lang={one}>
              {LANGUAGE_NAMES[one]}
            </option>
          ))}
        </SelectField>
      </form>
    </main>
  )
}
