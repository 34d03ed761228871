import { type FormEvent, lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import type { FactorChallenge, SignInRequest } from '../../app/session/auth-api.ts'
import type { SignOutReason } from '../../app/session/end-reason.ts'
import type { Session } from '../../app/session/session.ts'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { PasswordField } from '../../components/password-field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { pathOf } from './account-paths.ts'
import { signInMessages } from './messages.ts'
import type { NewPasswordStepProps } from './new-password-step.tsx'
import { ProviderButtons } from './provider-buttons.tsx'
import styles from './sign-in.module.css'
import { SignInCard } from './sign-in-card.tsx'
import { type SignInOptions, WithSignInOptions } from './sign-in-options.tsx'
import { ThrottleNotice } from './throttle-notice.tsx'

/** Few sign-ins need them. */
const NewPasswordStep = lazy(() =>
  import('./new-password-step.tsx').then(({ NewPasswordStep: step }) => ({ default: step })),
)
const FactorStep = lazy(() => import('./factor-step.tsx').then((it) => ({ default: it.FactorStep })))
const PasskeyButton = lazy(() => import('./passkey-button.tsx').then((it) => ({ default: it.PasskeyButton })))

export function SignInScreen({ session, reason }: { session: Session; reason: SignOutReason }) {
  const texts = useMessages(signInMessages)
  const [failure, setFailure] = useState<'wrong' | 'invalid' | 'unavailable'>()
  const [waitMs, setWaitMs] = useState(0)
  const [isBusy, setBusy] = useState(false)
  /** A right password that has to be replaced. */
  const [given, setGiven] = useState<NewPasswordStepProps['given']>()
  const [factor, setFactor] = useState<FactorChallenge & { rememberMe: boolean }>()
  const form = useRef<HTMLFormElement>(null)
  const focus = useCallback((name: 'login' | 'password') => {
    form.current?.querySelector<HTMLInputElement>(`input[name=${name}]`)?.focus()
  }, [])
  useEffect(() => focus('login'), [focus])
  const stopWaiting = useCallback(() => setWaitMs(0), [])

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const credentials = {
      login: String(data.get('login')).trim(),
      password: String(data.get('password')),
      rememberMe: data.has('remember'),
    }
    if (credentials.login === '' || credentials.password === '') {
      focus(credentials.login === '' ? 'login' : 'password')
      return setFailure('invalid')
    }
    await signIn(credentials)
  }

  async function signIn(request: SignInRequest) {
    setBusy(true)
    setFailure(undefined)
    const outcome = await session.signIn(request).catch(() => 'unavailable' as const)
    setBusy(false)
    setGiven(outcome === 'password_change' && 'login' in request ? request : undefined)
    if (typeof outcome === 'object') setFactor({ ...outcome, rememberMe: request.rememberMe })
    else if (typeof outcome === 'number') setWaitMs(outcome)
    else if (outcome !== 'token' && outcome !== 'throttled' && outcome !== 'password_change') {
      setFailure(outcome)
      if (outcome === 'wrong') focus('password')
    }
  }

  if (given !== undefined) {
    return (
      <SignInCard title={texts.newPassword}>
        <Suspense>
          <NewPasswordStep given={given} onChanged={signIn} onCancel={() => setGiven(undefined)} />
        </Suspense>
      </SignInCard>
    )
  }

  const isWaiting = waitMs > 0
  if (factor !== undefined) {
    return (
      <SignInCard title={texts.title}>
        <Suspense>
          <FactorStep session={session} challenge={factor} onEnd={() => setFactor(undefined)} />
        </Suspense>
      </SignInCard>
    )
  }
  return (
    <SignInCard title={texts.title}>
      {reason !== 'none' && failure === undefined && !isWaiting && (
        <Notice tone={reason === 'signed_out' ? 'info' : 'warning'}>{texts.reasons[reason]}</Notice>
      )}
      {failure !== undefined && <Notice tone="danger">{texts.errors[failure]}</Notice>}
      {isWaiting && <ThrottleNotice waitMs={waitMs} onEnd={stopWaiting} />}
      <form ref={form} className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <TextField label={texts.login} name="login" autoComplete="username" autoCapitalize="none" required />
        <PasswordField label={texts.password} name="password" autoComplete="current-password" required />
        <label className={styles.remember}>
          <input type="checkbox" name="remember" />
          {texts.remember}
        </label>
        <Button tone="primary" type="submit" disabled={isBusy || isWaiting}>
          {texts.submit}
        </Button>
      </form>
      <WithSignInOptions>
        {(options) => (
          <>
            <ProviderButtons providers={options.providers} />
            {options.passkeys && (
              <Suspense>
                <PasskeyButton session={session} />
              </Suspense>
            )}
            <OtherWays options={options} />
          </>
        )}
      </WithSignInOptions>
    </SignInCard>
  )
}

/** Links to the ways that this installation offers. */
function OtherWays({ options: { registration, mail, makes_extensions } }: { options: SignInOptions }) {
  const texts = useMessages(signInMessages)
  const links = [
    mail && { to: pathOf('forgot'), text: texts.forgot },
    registration === 'open' && (mail || makes_extensions) && { to: pathOf('register'), text: texts.register },
    registration !== 'closed' && { to: pathOf('invitation'), text: texts.invitation },
  ].filter((link) => link !== false)
  return (
    <ul className={styles.ways}>
      {links.map(({ to, text }) => (
        <li key={to}>
          <a href={to}>{text}</a>
        </li>
      ))}
    </ul>
  )
}
