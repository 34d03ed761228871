import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Notice } from '../../components/notice.tsx'
import { SignOutButton } from '../../components/sign-out-button.tsx'
import { Toasts } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { useConsole, useStore } from '../console-context.ts'
import { ErrorBoundary } from '../error-boundary.tsx'
import { appMessages } from '../messages.ts'
import { Shortcuts, useShortcut } from '../shortcuts.tsx'
import { CrashNotice, ReloadButton } from './crash-notice.tsx'
import styles from './frame.module.css'
import { SCREENS, type ScreenEntry } from './screens.ts'
import { useAgent } from './use-agent.ts'

const PhoneDock = lazy(async () => ({ default: (await import('../../screens/phone/dock.tsx')).PhoneDock }))
const DockToggle = lazy(async () => ({ default: (await import('../../screens/phone/dock.tsx')).DockToggle }))

/** The frame of all screens: navigation, notices, and the screen itself. */
export function Frame() {
  const texts = useMessages(appMessages)
  const { claims } = useConsole()
  const agent = useAgent()
  const isAgent = agent !== undefined && agent !== null
  const screens = SCREENS.filter(({ isFor }) => isFor(claims, isAgent))
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ location }) => location.pathname })

  const current = SCREENS.find(({ name }) => path.startsWith(`/${name}`))
  const title = current === undefined ? texts.product : `${texts.screens[current.name]} · ${texts.product}`
  const isFirst = useRef(true)
  useEffect(() => {
    document.title = title
    // A screen reader reads the new screen; a mouse user sees no change.
    if (!isFirst.current) main.current?.focus({ preventScroll: true })
    isFirst.current = false
  }, [title])

  const content = (
    <main id="content" ref={main} tabIndex={-1} className={styles.main}>
      <ConnectionNotice />
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
      <nav className={styles.sidebar} aria-label={texts.navigation}>
        <p className={styles.brand}>{texts.product}</p>
        <ul className={styles.links}>
          {screens.map((screen) => (
            <li key={screen.name}>
              <NavigationLink screen={screen} />
            </li>
          ))}
        </ul>
        <div className={styles.foot}>
          <SignOutButton tone="quiet" />
        </div>
      </nav>
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

function NavigationLink({ screen: { name, icon, key } }: { screen: ScreenEntry }) {
  const texts = useMessages(appMessages)
  const navigate = useNavigate()
  const go = useCallback(() => void navigate({ to: `/${name}` }), [navigate, name])
  useShortcut(`g ${key}`, texts.shortcutGo(texts.screens[name]), go)
  return (
    <Link to={`/${name}`} className={styles.link} activeProps={{ 'aria-current': 'page' }}>
      <Icon name={icon} />
      <span className={styles.name}>{texts.screens[name]}</span>
      <span className={styles.shortName}>{texts.shortNames[name]}</span>
    </Link>
  )
}

function ConnectionNotice() {
  const texts = useMessages(appMessages)
  const { session, live } = useConsole()
  const state = useStore(session.state)
  const isReplaced = useStore(live.isReplaced)
  if (isReplaced) {
    return (
      <Notice tone="warning">
        {texts.replaced} <Button onClick={live.resume}>{texts.takeBack}</Button>
      </Notice>
    )
  }
  if (state.status !== 'signed-in' || state.connection === 'online') return null
  return <Notice tone="warning">{texts.reconnecting}</Notice>
}
