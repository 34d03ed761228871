import { useState } from 'react'
import type { Wire } from '../../api/client.ts'
import type { FactorChallenge } from '../../app/session/auth-api.ts'
import type { Session } from '../../app/session/session.ts'
import { Button } from '../../components/button.tsx'
import { CodeForm, SIX_DIGITS } from '../../components/code-form.tsx'
import { factorMessages } from '../../components/factors/messages.ts'
import { askForPasskey, createPasskey } from '../../components/factors/passkeys.ts'
import { RecoveryCodes } from '../../components/factors/recovery-codes.tsx'
import { TotpForm } from '../../components/factors/totp-form.tsx'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { describePasskeyError, FactorError, postSignIn } from './factor-api.ts'
import styles from './sign-in.module.css'

interface StepProps {
  session: Session
  challenge: FactorChallenge & { rememberMe: boolean }
  /** Back to the password. */
  onEnd(): void
}

/** What follows a right password: the second factor, or its enrolment. */
export function FactorStep(props: StepProps) {
  return props.challenge.enrol ? <EnrolStep {...props} /> : <AnswerStep {...props} />
}

function AnswerStep({ session, challenge: { challenge, methods, rememberMe }, onEnd }: StepProps) {
  const texts = useMessages(factorMessages)
  const [method, setMethod] = useState(methods[0])
  const [error, setError] = useState<string>()

  async function answer(proof: object) {
    const { session_token } = await postSignIn<Wire<'SessionToken'>>(
      'second-factor',
      { challenge, ...proof },
      texts.failed,
    )
    if ((await session.signIn({ sessionToken: session_token, rememberMe })) !== 'token')
      throw new FactorError(texts.failed.unavailable)
  }
  async function withPasskey() {
    setError(undefined)
    try {
      const { options } = await postSignIn<Wire<'PasskeyOptions'>>(
        'passkey/options',
        { challenge },
        texts.failed,
      )
      await answer({ passkey: await askForPasskey(options) })
    } catch (err) {
      setError(describePasskeyError(err, texts.failed))
    }
  }
  const others = methods.filter((one) => one !== method)
  const labels = {
    totp: texts.step.useCode,
    passkey: texts.step.usePasskey,
    recovery_code: texts.step.useRecoveryCode,
  }
  return (
    <>
      <h2>{texts.step.title}</h2>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      {method === undefined && <Notice tone="warning">{texts.step.none}</Notice>}
      {method === 'totp' && (
        <>
          <p>{texts.step.withCode}</p>
          <CodeForm
            key="totp"
            label={texts.code}
            action={texts.next}
            onCode={(code) => answer({ code })}
            field={SIX_DIGITS}
          />
        </>
      )}
      {method === 'recovery_code' && (
        <>
          <p>{texts.step.withRecoveryCode}</p>
          <CodeForm
            key="recovery"
            label={texts.step.recoveryCode}
            action={texts.next}
            onCode={(code) => answer({ recovery_code: code })}
          />
        </>
      )}
      {method === 'passkey' && (
        <Button tone="primary" onClick={() => void withPasskey()}>
          {texts.step.usePasskey}
        </Button>
      )}
      <div className={styles.form}>
        {others.map((one) => (
          <Button key={one} onClick={() => setMethod(one)}>
            {labels[one]}
          </Button>
        ))}
        <Button tone="quiet" onClick={onEnd}>
          {texts.step.back}
        </Button>
      </div>
    </>
  )
}

function EnrolStep({ session, challenge: { challenge, rememberMe }, onEnd }: StepProps) {
  const texts = useMessages(factorMessages)
  const [setup, setSetup] = useState<Wire<'TotpSetup'>>()
  const [enrolled, setEnrolled] = useState<Wire<'SecondFactorEnrolled'>>()
  const [error, setError] = useState<string>()

  async function enter({ session_token }: Wire<'SecondFactorEnrolled'>) {
    const outcome = await session.signIn({ sessionToken: session_token, rememberMe })
    if (outcome !== 'token') throw new FactorError(texts.failed.unavailable)
  }
  async function complete(proof: object) {
    setEnrolled(
      await postSignIn<Wire<'SecondFactorEnrolled'>>('enrolment', { challenge, ...proof }, texts.failed),
    )
  }
  async function begin(work: () => Promise<void>) {
    setError(undefined)
    await work().catch((err: unknown) =>
      setError(err instanceof FactorError ? err.message : texts.failed.passkey),
    )
  }
  const beginApp = async () =>
    setSetup(await postSignIn<Wire<'TotpSetup'>>('enrolment/totp', { challenge }, texts.failed))
  async function addPasskey() {
    const { options } = await postSignIn<Wire<'PasskeyOptions'>>(
      'enrolment/passkey',
      { challenge },
      texts.failed,
    )
    await complete({ passkey: await createPasskey(options) })
  }

  if (enrolled !== undefined) {
    return (
      <>
        <h2>{texts.codesTitle}</h2>
        {error !== undefined && <Notice tone="danger">{error}</Notice>}
        <RecoveryCodes
          codes={enrolled.recovery_codes ?? []}
          // The token has expired if the person took their time: the sign-in goes on with the new factor.
          onDone={() => void enter(enrolled).catch(onEnd)}
        />
      </>
    )
  }
  return (
    <>
      <h2>{texts.enrol.title}</h2>
      <p>{texts.enrol.what}</p>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      {setup === undefined ? (
        <>
          <Button tone="primary" onClick={() => void begin(beginApp)}>
            {texts.enrol.app}
          </Button>
          <Button onClick={() => void begin(addPasskey)}>{texts.enrol.passkey}</Button>
        </>
      ) : (
        <TotpForm setup={setup} onCode={(code) => complete({ code })} />
      )}
      <Button tone="quiet" onClick={onEnd}>
        {texts.step.back}
      </Button>
    </>
  )
}
