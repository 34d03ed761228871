import { lazy, Suspense, useSyncExternalStore } from 'react'
import { useMessages } from '../i18n/messages.ts'
import { accountPageAt } from '../screens/sign-in/account-pages.ts'
import { SignInScreen } from '../screens/sign-in/sign-in.tsx'
import { appMessages } from './messages.ts'
import styles from './root.module.css'
import type { Session } from './session/session.ts'
import type { TabChannel } from './session/tab-channel.ts'
import { useOnline } from './use-online.ts'

const Shell = lazy(() => import('./shell/shell.tsx'))
const Wallboard = lazy(() =>
  import('../screens/wallboard/wallboard.tsx').then(({ WallboardPage: page }) => ({ default: page })),
)
/** The page of a big screen, which has a link of its own and no session. */
export const isWallboard = (path: string): boolean => /^\/console\/wallboard\/?$/.test(path)

/** Chooses between the sign-in page and the signed-in console. While the server cannot be asked, neither is shown. */
export function Root({ session, channel }: { session: Session; channel: TabChannel }) {
  const state = useSyncExternalStore(session.state.subscribe, session.state.get)
  // A mailed link is for the person who opens it, and whether they are signed in does not matter.
  const AccountPage = accountPageAt(location.pathname)
  if (AccountPage !== undefined) {
    return (
      <Suspense fallback={<div className={styles.splash} />}>
        <AccountPage session={session} />
      </Suspense>
    )
  }
  if (isWallboard(location.pathname)) {
    return (
      <Suspense fallback={<div className={styles.splash} />}>
        <Wallboard />
      </Suspense>
    )
  }
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
  const isOnline = useOnline()
  return (
    <div className={styles.splash} role="status">
      {isReconnecting && (isOnline ? texts.unreachable : texts.offline)}
    </div>
  )
}
