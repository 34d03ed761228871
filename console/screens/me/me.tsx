import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { showShortcuts } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Section } from '../../components/section.tsx'
import { showToast } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { AudioSection } from './audio.tsx'
import styles from './me.module.css'
import { meMessages } from './messages.ts'
import { NotificationsSection } from './notifications.tsx'
import { PasswordSection } from './password.tsx'
import { ProfileSection } from './profile.tsx'
import { SessionsSection } from './sessions.tsx'
import { SipSection } from './sip.tsx'
import { ThemeSection } from './theme.tsx'

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
        <ThemeSection />
        <AudioSection />
        <NotificationsSection />
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

/** The frame has none on a phone’s screen. */
function SignOutButton() {
  const { signOut, signOutFailed } = useMessages(appMessages)
  const { session } = useConsole()
  return (
    <Button onClick={() => void session.signOut().catch(() => showToast(signOutFailed, 'danger'))}>
      <Icon name="signout" />
      {signOut}
    </Button>
  )
}
