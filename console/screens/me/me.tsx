import { lazy, Suspense } from 'react'
import { appMessages } from '../../app/messages.ts'
import { showShortcuts } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { Section } from '../../components/section.tsx'
import { SignOutButton } from '../../components/sign-out-button.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { AudioSection } from './audio.tsx'
import { InstallSection } from './install.tsx'
import styles from './me.module.css'
import { meMessages } from './messages.ts'
import { NotificationsSection } from './notifications.tsx'
import { PasswordSection } from './password.tsx'
import { ProfileSection } from './profile.tsx'
import { SessionsSection } from './sessions.tsx'
import { SipSection } from './sip.tsx'
import { ThemeSection } from './theme.tsx'

/** Few visits need it. */
const SecuritySection = lazy(() =>
  import('./security/security.tsx').then((it) => ({ default: it.SecuritySection })),
)

/** The user’s own account, and the settings of this browser. */
export function MeScreen() {
  const { screens } = useMessages(appMessages)
  const texts = useMessages(meMessages)
  return (
    <>
      <div className={styles.head}>
        <h1>{screens.me}</h1>
        <SignOutButton />
      </div>
      <div className={styles.columns}>
        <ProfileSection />
        <PasswordSection />
        <Suspense>
          <SecuritySection />
        </Suspense>
        <ThemeSection />
        <AudioSection />
        <NotificationsSection />
        <InstallSection />
        <Section title={texts.shortcuts.title}>
          <p>{texts.shortcuts.hint}</p>
          <div className={styles.actions}>
            <Button onClick={showShortcuts}>{texts.shortcuts.show}</Button>
          </div>
        </Section>
        <SipSection />
      </div>
      <SessionsSection />
    </>
  )
}
