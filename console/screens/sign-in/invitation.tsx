import { useEffect, useState } from 'react'
import { createPublicApi, dataOf, type Wire } from '../../api/client.ts'
import type { Session } from '../../app/session/session.ts'
import { Notice } from '../../components/notice.tsx'
import { formatFullTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { InvalidCodeError, useAccountErrorText } from './account-errors.ts'
import { CodeField, EmailField, NameFields, NewPasswordField } from './account-fields.tsx'
import { AccountForm, BackToSignIn } from './account-form.tsx'
import { accountMessages } from './account-messages.ts'
import { enterConsole } from './enter-console.ts'
import { readToken } from './fragment-token.ts'
import styles from './sign-in.module.css'
import { SignInCard } from './sign-in-card.tsx'
import { type SignInOptions, WithSignInOptions } from './sign-in-options.tsx'
import { takeFragmentToken } from './take-fragment-token.ts'

interface Found {
  token: string
  details: Wire<'CrmInvitation'>
}

const findInvitation = async (token: string): Promise<Found> => ({
  token,
  details: await dataOf(createPublicApi().POST('/api/auth/invitation-details', { body: { token } })),
})

/** An account by the invitation of a mail, or by its code alone. */
export function InvitationPage({ session }: { session: Session }) {
  const { invitation: texts, next } = useMessages(accountMessages)
  const describeError = useAccountErrorText()
  const [token] = useState(takeFragmentToken)
  const [found, setFound] = useState<Found>()
  const [failure, setFailure] = useState<unknown>()
  useEffect(() => {
    if (token !== undefined) findInvitation(token).then(setFound, setFailure)
  }, [token])

  return (
    <SignInCard title={texts.title}>
      {found !== undefined && (
        <WithSignInOptions>
          {(options) => <AcceptForm session={session} invitation={found} options={options} />}
        </WithSignInOptions>
      )}
      {found === undefined && failure !== undefined && (
        <Notice tone="danger">{describeError(failure)}</Notice>
      )}
      {found === undefined && (token === undefined || failure !== undefined) && (
        <>
          <p>{texts.enterCode}</p>
          <AccountForm
            submit={next}
            describeError={describeError}
            onSubmit={async (field) => {
              const code = readToken(field('code'))
              if (code === undefined) throw new InvalidCodeError()
              setFound(await findInvitation(code))
            }}
          >
            <CodeField />
          </AccountForm>
        </>
      )}
      <BackToSignIn />
    </SignInCard>
  )
}

interface AcceptProps {
  session: Session
  invitation: Found
  options: SignInOptions
}

function AcceptForm({ session, invitation: { token, details }, options }: AcceptProps) {
  const { invitation: texts } = useMessages(accountMessages)
  const describeError = useAccountErrorText()
  const language = useLanguage()
  // An extension at once, unless the invitation gives a role, a team or an extension that this way would not give.
  const hasExtension =
    options.makes_extensions &&
    details.role === 'agent' &&
    details.team === null &&
    details.extension === null

  async function accept(field: (name: string) => string) {
    const password = field('password')
    const email = details.email ?? field('email')
    if (hasExtension) {
      await createPublicApi().POST('/auth/register', { body: { email, password, invitation: token } })
      return enterConsole(session, email, password)
    }
    const username = field('username')
    await createPublicApi().POST('/api/auth/register-invitation', {
      body: {
        ...{ token, username, password, email },
        firstName: field('firstName'),
        lastName: field('lastName'),
      },
    })
    await enterConsole(session, username, password)
  }

  return (
    <>
      <div>
        {details.invitedBy !== null && <p>{texts.from(details.invitedBy)}</p>}
        <p>{texts.role(details.role, details.team)}</p>
        {details.email !== null && <p>{details.email}</p>}
        <p className={styles.soft}>{texts.until(formatFullTime(language, details.expiresAt))}</p>
      </div>
      <AccountForm submit={texts.submit} describeError={describeError} onSubmit={accept}>
        {details.email === null && <EmailField />}
        {!hasExtension && <NameFields />}
        <NewPasswordField minLength={options.password_min_length} />
      </AccountForm>
    </>
  )
}
