import { useState } from 'react'
import { createPublicApi } from '../../api/client.ts'
import type { Session } from '../../app/session/session.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { useAccountErrorText } from './account-errors.ts'
import { EmailField, NameFields, NewPasswordField } from './account-fields.tsx'
import { AccountForm, BackToSignIn } from './account-form.tsx'
import { accountMessages } from './account-messages.ts'
import { pathOf } from './account-paths.ts'
import { enterConsole } from './enter-console.ts'
import { SignInCard } from './sign-in-card.tsx'
import { type SignInOptions, WithSignInOptions } from './sign-in-options.tsx'

/** An account without an invitation, where the settings permit it. */
export function RegisterPage({ session }: { session: Session }) {
  const { register: texts } = useMessages(accountMessages)
  return (
    <SignInCard title={texts.title}>
      <WithSignInOptions>
        {(options) => {
          switch (options.registration) {
            case 'open':
              return <RegisterForm session={session} options={options} />
            case 'closed':
              return <Notice tone="warning">{texts.closed}</Notice>
            case 'invitation':
              return (
                <>
                  <Notice>{texts.byInvitation}</Notice>
                  <a href={pathOf('invitation')}>{texts.enterCode}</a>
                </>
              )
          }
        }}
      </WithSignInOptions>
      <BackToSignIn />
    </SignInCard>
  )
}

/** With an extension and at once, where the PBX makes extensions; otherwise by a mail that proves the address. */
function RegisterForm({ session, options }: { session: Session; options: SignInOptions }) {
  const texts = useMessages(accountMessages)
  const describeError = useAccountErrorText()
  const [isMailSent, setMailSent] = useState(false)

  async function register(field: (name: string) => string) {
    const account = { email: field('email'), password: field('password') }
    if (options.makes_extensions) {
      await createPublicApi().POST('/auth/register', { body: account })
      return enterConsole(session, account.email, account.password)
    }
    await createPublicApi().POST('/api/auth/register', {
      body: {
        ...account,
        username: field('username'),
        firstName: field('firstName'),
        lastName: field('lastName'),
      },
    })
    setMailSent(true)
  }

  if (isMailSent) {
    return (
      <>
        <Notice tone="success">{texts.register.mailSent}</Notice>
        <a href={pathOf('verify')}>{texts.register.enterCode}</a>
      </>
    )
  }
  return (
    <AccountForm submit={texts.register.submit} describeError={describeError} onSubmit={register}>
      <EmailField />
      {!options.makes_extensions && <NameFields />}
      <NewPasswordField minLength={options.password_min_length} />
    </AccountForm>
  )
}
