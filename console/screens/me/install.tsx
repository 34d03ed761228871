import { useState } from 'react'
import { useStore } from '../../app/console-context.ts'
import { install, installPrompt } from '../../app/install/install-prompt.ts'
import { Button } from '../../components/button.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'

/** The page as a program of this computer: its own window, and phone numbers in other programs. */
export function InstallSection() {
  const { install: texts } = useMessages(meMessages)
  const canInstall = useStore(installPrompt) !== undefined
  const isInstalled = window.matchMedia('(display-mode: standalone)').matches
  return (
    <Section title={texts.title}>
      <p>{isInstalled ? texts.installed : texts.hint}</p>
      {canInstall ? (
        <div>
          <Button onClick={() => void install()}>{texts.install}</Button>
        </div>
      ) : (
        !isInstalled && <p className={styles.soft}>{texts.byMenu}</p>
      )}
      <PhoneLinks />
    </Section>
  )
}

/** The browser asks the person itself; whether they have agreed is not known to the page. */
function PhoneLinks() {
  const { install: texts } = useMessages(meMessages)
  const [isAsked, setAsked] = useState(false)
  // Safari has none, and other browsers none in pages without HTTPS.
  if (!('registerProtocolHandler' in navigator)) return <p className={styles.soft}>{texts.noLinks}</p>
  return (
    <>
      <p>{texts.linksHint}</p>
      <div>
        <Button
          onClick={() => {
            navigator.registerProtocolHandler('tel', '/console/dial?to=%s')
            setAsked(true)
          }}
        >
          {texts.links}
        </Button>
      </div>
      {isAsked && <p role="status">{texts.linksAsked}</p>}
    </>
  )
}
