import { useState } from 'react'
import { ApiError, createPublicApi, dataOf } from '../../api/client.ts'
import type { Session } from '../../app/session/session.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { InvalidCodeError, useAccountErrorText } from './account-errors.ts'
import { CodeField, NewPasswordField, UsernameField } from './account-fields.tsx'
import { AccountForm, BackToSignIn, Finished } from './account-form.tsx'
import { accountMessages } from './account-messages.ts'
import { enterConsole } from './enter-console.ts'
import { readToken } from './fragment-token.ts'
import { SignInCard } from './sign-in-card.tsx'
import { takeFragmentToken } from './take-fragment-token.ts'

/** Proves an address by the code of a mail, which creates the account. */
export function VerifyPage({ session }: { session: Session }) {
  const texts = useMessages(accountMessages)
  const describeError = useAccountErrorText()
  const [token] = useState(takeFragmentToken)
  const [username, setUsername] = useState<string>()
  /** What the server has asked for besides. */
  const [wanted, setWanted] = useState({ username: false, password: false })

  async function confirm(field: (name: string) => string) {
    const code = token ?? readToken(field('code'))
    if (code === undefined) throw new InvalidCodeError()
    const password = field('password')
    const body = {
      token: code,
      ...(wanted.username ? { username: field('username') } : {}),
      ...(wanted.password ? { password } : {}),
    }
    try {
      const account = await dataOf(createPublicApi().POST('/api/auth/verify-email', { body }))
      if (wanted.password) await enterConsole(session, account.username, password)
      else setUsername(account.username)
    } catch (err) {
      if (!(err instanceof ApiError)) throw err
      if (err.status === 409) return setWanted({ ...wanted, username: true })
      if (err.status === 400 && err.detail?.startsWith('password: is needed'))
        return setWanted({ ...wanted, password: true })
      // This route answers an unknown code with 400.
      throw err.status === 400 ? new ApiError(404, 'not_found', undefined) : err
    }
  }

  return (
    <SignInCard title={texts.verify.title}>
      {username !== undefined ? (
        <Finished>{texts.verify.done(username)}</Finished>
      ) : (
        <>
          <p>{texts.verify.intro}</p>
          <AccountForm submit={texts.verify.submit} describeError={describeError} onSubmit={confirm}>
            {token === undefined && <CodeField />}
            {wanted.username && <UsernameField error={texts.usernameTaken} />}
            {wanted.password && (
              <>
                <Notice tone="warning">{texts.verify.choosePassword}</Notice>
                <NewPasswordField />
              </>
            )}
          </AccountForm>
          <BackToSignIn />
        </>
      )}
    </SignInCard>
  )
}
