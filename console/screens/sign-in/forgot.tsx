import { useState } from 'react'
import { createPublicApi } from '../../api/client.ts'
import { useMessages } from '../../i18n/messages.ts'
import { useAccountErrorText } from './account-errors.ts'
import { EmailField } from './account-fields.tsx'
import { AccountForm, BackToSignIn, Finished } from './account-form.tsx'
import { accountMessages } from './account-messages.ts'
import { SignInCard } from './sign-in-card.tsx'

/** Asks for a mail with a link that resets the password. */
export function ForgotPage() {
  const { forgot: texts } = useMessages(accountMessages)
  const describeError = useAccountErrorText()
  const [isDone, setDone] = useState(false)
  return (
    <SignInCard title={texts.title}>
      {isDone ? (
        <Finished>{texts.done}</Finished>
      ) : (
        <>
          <p>{texts.intro}</p>
          <AccountForm
            submit={texts.submit}
            describeError={describeError}
            onSubmit={async (field) => {
              await createPublicApi().POST('/api/v1/password-resets', { body: { email: field('email') } })
              setDone(true)
            }}
          >
            <EmailField />
          </AccountForm>
          <BackToSignIn />
        </>
      )}
    </SignInCard>
  )
}
