import { useState } from 'react'
import { useConsole } from '../app/console-context.ts'
import { appMessages } from '../app/messages.ts'
import { hasDrafts, removeDrafts } from '../app/note-drafts.ts'
import { useMessages } from '../i18n/messages.ts'
import { Button } from './button.tsx'
import { ConfirmDialog } from './dialog.tsx'
import { Icon } from './icon.tsx'
import { showToast } from './toast.tsx'

/**
 * Ends the session of this browser; if the server does not answer, the user stays signed in and is shown that. Notes that
 * the server does not have yet are deleted, after a question.
 */
export function SignOutButton({ tone }: { tone?: 'quiet' }) {
  const texts = useMessages(appMessages)
  const { session, claims } = useConsole()
  const [isAsked, setAsked] = useState(false)
  async function signOut() {
    await session.signOut()
    removeDrafts(claims.userId, localStorage)
  }
  function onClick() {
    if (hasDrafts(claims.userId, localStorage)) return setAsked(true)
    signOut().catch(() => showToast(texts.signOutFailed, 'danger'))
  }
  return (
    <>
      <Button {...(tone === undefined ? {} : { tone })} onClick={onClick}>
        <Icon name="signout" />
        {texts.signOut}
      </Button>
      {isAsked && (
        <ConfirmDialog
          title={texts.unsavedNotes}
          action={texts.signOut}
          onConfirm={signOut}
          onClose={() => setAsked(false)}
          describeError={() => texts.signOutFailed}
        >
          <p>{texts.unsavedNotesLost}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
