import { lazy, Suspense, useSyncExternalStore } from 'react'
import { useMessages } from '../i18n/messages.ts'
import { SignInScreen } from '../screens/sign-in/sign-in.tsx'
import { appMessages } from './messages.ts'
import styles from './root.module.css'
import type { Session } from './session/session.ts'
import type { TabChannel } from './session/tab-channel.ts'

const Shell = lazy(() => import('./shell/shell.tsx'))

/** Chooses between the sign-in page and the signed-in console. While the server cannot be asked, neither is shown. */
export function Root({ session, channel }: { session: Session; channel: TabChannel }) {
  const state = useSyncExternalStore(session.state.subscribe, session.state.get)
  return (
    <Suspense fallback={<div className={styles.splash} />}>
      {state.status === 'starting' && <Starting isReconnecting={state.connection === 'reconnecting'} />}
      {state.status === 'signed-out' && <SignInScreen session={session} reason={state.reason} />}
      {state.status === 'signed-in' && (
        <Shell key={state.claims.userId} session={session} channel={channel} claims={state.claims} />
      )}
    </Suspense>
  )
}

function Starting({ isReconnecting }: { isReconnecting: boolean }) {
  const texts = useMessages(appMessages)
  return (
    <div className={styles.splash} role="status">
      {isReconnecting ? texts.reconnecting : ''}
    </div>
  )
}
