import { useState } from 'react'
import type { Wire } from '../../api/client.ts'
import type { Session } from '../../app/session/session.ts'
import { Button } from '../../components/button.tsx'
import { factorMessages } from '../../components/factors/messages.ts'
import { askForPasskey } from '../../components/factors/passkeys.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { describePasskeyError, postSignIn } from './factor-api.ts'

/** Signs in without a username and without a password. */
export function PasskeyButton({ session }: { session: Session }) {
  const texts = useMessages(factorMessages)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  async function signIn() {
    setBusy(true)
    setError(undefined)
    try {
      const { options } = await postSignIn<Wire<'PasskeyOptions'>>('passkey/options', {}, texts.failed)
      const passkey = await askForPasskey(options)
      const { session_token } = await postSignIn<Wire<'SessionToken'>>('passkey', { passkey }, texts.failed)
      if ((await session.signIn({ sessionToken: session_token, rememberMe: false })) !== 'token')
        setError(texts.failed.unavailable)
    } catch (err) {
      setError(describePasskeyError(err, texts.failed))
    }
    setBusy(false)
  }
  return (
    <>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <Button disabled={isBusy} onClick={() => void signIn()}>
        {texts.signInWithPasskey}
      </Button>
    </>
  )
}
