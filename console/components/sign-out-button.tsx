import { useConsole } from '../app/console-context.ts'
import { appMessages } from '../app/messages.ts'
import { useMessages } from '../i18n/messages.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { showToast } from './toast.tsx'

/** Ends the session of this browser; if the server does not answer, the user stays signed in and is shown that. */
export function SignOutButton({ tone }: { tone?: 'quiet' }) {
  const texts = useMessages(appMessages)
  const { session } = useConsole()
  return (
    <Button
      {...(tone === undefined ? {} : { tone })}
      onClick={() => void session.signOut().catch(() => showToast(texts.signOutFailed, 'danger'))}
    >
      <Icon name="signout" />
      {texts.signOut}
    </Button>
  )
}
