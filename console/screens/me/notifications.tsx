import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { meMessages } from './messages.ts'

/** Whether this browser shows incoming calls while another window is used. */
export function NotificationsSection() {
  const { notifications: texts } = useMessages(meMessages)
  const [permission, setPermission] = useState(readPermission)
  return (
    <Section title={texts.title}>
      <p>{texts.hint}</p>
      {permission === 'default' ? (
        <Button onClick={() => void Notification.requestPermission().then(setPermission)}>
          {texts.allow}
        </Button>
      ) : (
        <p role="status">{texts[permission]}</p>
      )}
    </Section>
  )
}

/** Browsers have no notifications without a secure context, and some have none at all. */
const readPermission = (): NotificationPermission | 'unsupported' =>
  typeof Notification === 'undefined' || !window.isSecureContext ? 'unsupported' : Notification.permission
