import { useState } from 'react'
import { createPublicApi } from '../../api/client.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { useAccountErrorText } from './account-errors.ts'
import { NewPasswordField } from './account-fields.tsx'
import { AccountForm, BackToSignIn, Finished } from './account-form.tsx'
import { accountMessages } from './account-messages.ts'
import { pathOf } from './account-paths.ts'

import { SignInCard } from './sign-in-card.tsx'
import { takeFragmentToken } from './take-fragment-token.ts'

/** Sets a new password by the link of a mail. */
export function ResetPage() {
  const { reset: texts, forgot, linkInvalid } = useMessages(accountMessages)
  const describeError = useAccountErrorText()
  const [token] = useState(takeFragmentToken)
  const [isDone, setDone] = useState(false)
  return (
    <SignInCard title={texts.title}>
      {isDone && <Finished>{texts.done}</Finished>}
      {token === undefined && (
        <>
          <Notice tone="danger">{linkInvalid}</Notice>
          <a href={pathOf('forgot')}>{forgot.title}</a>
          <BackToSignIn />
        </>
      )}
      {token !== undefined && !isDone && (
        <>
          <p>{texts.intro}</p>
          <AccountForm
            submit={texts.submit}
            describeError={describeError}
            onSubmit={async (field) => {
              await createPublicApi().POST('/api/v1/password-resets/confirm', {
                body: { token, new_password: field('password') },
              })
              setDone(true)
            }}
          >
            <NewPasswordField />
          </AccountForm>
        </>
      )}
    </SignInCard>
  )
}
