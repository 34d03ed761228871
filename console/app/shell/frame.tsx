import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useMissedCount } from '../../components/calls/missed-calls.ts'
import { Toasts } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { ErrorBoundary } from '../error-boundary.tsx'
import { appMessages } from '../messages.ts'
import { Shortcuts } from '../shortcuts.tsx'
import { Attention } from './attention-signs.tsx'
import { CrashNotice, ReloadButton } from './crash-notice.tsx'
import styles from './frame.module.css'
import { Navigation } from './navigation.tsx'
import { Notices } from './notices.tsx'
import { SCREENS } from './screens.ts'

const PhoneDock = lazy(async () => ({ default: (await import('../../screens/phone/dock.tsx')).PhoneDock }))
const DockToggle = lazy(async () => ({ default: (await import('../../screens/phone/dock.tsx')).DockToggle }))

const DeskNotice = lazy(async () => ({
  default: (await import('../../screens/desk/desk-notice.tsx')).DeskNotice,
}))

/** The frame of all screens: navigation, notices, and the screen itself. */
export function Frame() {
  const texts = useMessages(appMessages)
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })

  const current = SCREENS.find(({ name }) => path.startsWith(`/${name}`))
  const title = current === undefined ? texts.product : `${texts.screens[current.name]} · ${texts.product}`
  const missed = useMissedCount()
  const isFirst = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when another screen is shown
  useEffect(() => {
    // A screen reader reads the new screen; a mouse user sees no change.
    if (!isFirst.current) main.current?.focus({ preventScroll: true })
    isFirst.current = false
  }, [title])

  const content = (
    <main id="content" ref={main} tabIndex={-1} className={styles.main}>
      <Attention screen={title} missed={missed} />
      <Notices />
      {!path.startsWith('/phone') && (
        <Suspense>
          <ErrorBoundary fallback={null}>
            <DeskNotice />
          </ErrorBoundary>
        </Suspense>
      )}
      <Suspense>
        <Outlet />
      </Suspense>
    </main>
  )
  // The phone’s own window shows nothing else.
  if (path.startsWith('/phone')) {
    return (
      <>
        {content}
        <Toasts />
        <Shortcuts />
      </>
    )
  }
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {texts.skipToContent}
      </a>
      <Navigation current={current} missed={missed ?? 0} />
      {content}
      <Dock />
      <Toasts />
      <Shortcuts />
    </div>
  )
}

/** A phone that fails leaves the screens as they are. */
function Dock() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Suspense>
      <aside className={styles.dock} data-open={isOpen}>
        <ErrorBoundary fallback={<CrashNotice />}>
          <PhoneDock />
        </ErrorBoundary>
      </aside>
      <div className={styles.toggle}>
        <ErrorBoundary fallback={<ReloadButton />}>
          <DockToggle isOpen={isOpen} onChange={setOpen} />
        </ErrorBoundary>
      </div>
    </Suspense>
  )
}
