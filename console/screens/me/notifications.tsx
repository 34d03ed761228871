import { useId, useState } from 'react'
import { areNamesShown, setNamesShown } from '../../app/notification-names.ts'
import { Button } from '../../components/button.tsx'
import { Section } from '../../components/section.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './me.module.css'
import { meMessages } from './messages.ts'

/** Whether this browser shows incoming calls while another window is used, and with which name. */
export function NotificationsSection() {
  const { notifications: texts } = useMessages(meMessages)
  const [permission, setPermission] = useState(readPermission)
  return (
    <Section title={texts.title}>
      <p>{texts.hint}</p>
      {permission === 'default' ? (
        <div>
          <Button onClick={() => void Notification.requestPermission().then(setPermission)}>
            {texts.allow}
          </Button>
        </div>
      ) : (
        <p role="status">{texts[permission]}</p>
      )}
      <NamesSwitch />
    </Section>
  )
}

function NamesSwitch() {
  const { notifications: texts } = useMessages(meMessages)
  const [isOn, setOn] = useState(areNamesShown)
  const hint = useId()
  return (
    <>
      <label className={styles.choice}>
        <input
          type="checkbox"
          checked={isOn}
          aria-describedby={hint}
          onChange={({ target }) => {
            setNamesShown(target.checked)
            setOn(target.checked)
          }}
        />
        {texts.names}
      </label>
      <p id={hint} className={styles.soft}>
        {texts.namesHint}
      </p>
    </>
  )
}

/** Browsers have no notifications without a secure context, and some have none at all. */
const readPermission = (): NotificationPermission | 'unsupported' =>
  typeof Notification === 'undefined' || !window.isSecureContext ? 'unsupported' : Notification.permission
