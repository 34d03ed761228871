import { useCallback, useEffect, useRef, useState } from 'react'
import type { Session } from '../../app/session/session.ts'
import { Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { BackToSignIn } from './account-form.tsx'
import { waitForState } from './enter-console.ts'
import { providerMessages } from './provider-messages.ts'
import { type ProviderAnswer, readProviderAnswer } from './read-provider-answer.ts'
import { SignInCard } from './sign-in-card.tsx'

/** Where a sign-in through a provider ends: it exchanges the ticket of the address for a session. */
export function SignedInPage({ session }: { session: Session }) {
  const texts = useMessages(providerMessages)
  const [answer] = useState(takeAnswer)
  const [failure, setFailure] = useState(answer.error)
  const hasBegun = useRef(false)

  const signIn = useCallback(
    async (ticket: string, returnTo: string) => {
      await waitForState(session)
      if (session.state.get().status === 'signed-in') await session.signOut().catch(() => {})
      const outcome = await session
        .signIn({ rememberMe: false, sessionToken: ticket })
        .catch(() => 'unavailable' as const)
      if (outcome === 'token') location.replace(returnTo)
      else setFailure(outcome === 'wrong' ? 'expired' : 'unavailable')
    },
    [session],
  )
  useEffect(() => {
    // The ticket works once, and React runs effects twice during development.
    if (answer.ticket === undefined || hasBegun.current) return
    hasBegun.current = true
    void signIn(answer.ticket, answer.returnTo)
  }, [answer, signIn])

  return (
    <SignInCard title={failure === undefined ? texts.title : texts.failed}>
      {failure === undefined ? (
        <p role="status">{texts.pending}</p>
      ) : (
        <>
          <Notice tone={failure === 'denied' ? 'info' : 'danger'}>{texts.errors[failure]}</Notice>
          <BackToSignIn />
        </>
      )}
    </SignInCard>
  )
}

let taken: ProviderAnswer | undefined

/** Reads the answer once, and removes it from the address: the history of the browser does not have it. */
function takeAnswer(): ProviderAnswer {
  if (location.hash !== '' || taken === undefined) {
    taken = readProviderAnswer(location.hash)
    history.replaceState(null, '', location.pathname)
  }
  return taken
}
