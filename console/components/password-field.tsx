import { type InputHTMLAttributes, type KeyboardEvent, type Ref, useState } from 'react'
import { useMessages } from '../i18n/messages.ts'
import { IconButton } from './button.tsx'
import fieldStyles from './field.module.css'
import { type FieldProps, Labelled } from './field.tsx'
import { Icon } from './icon.tsx'
import { componentMessages } from './messages.ts'
import styles from './password-field.module.css'

type PasswordFieldProps = FieldProps &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & { ref?: Ref<HTMLInputElement> }

/** A labelled password: it can be shown, and a Caps Lock that is on is announced. */
export function PasswordField({ label, hint, error, ...input }: PasswordFieldProps) {
  const texts = useMessages(componentMessages)
  const [isShown, setShown] = useState(false)
  const [hasCapsLock, setCapsLock] = useState(false)
  // Autofill sends key events without modifiers.
  const readCapsLock = ({ nativeEvent }: KeyboardEvent) =>
    setCapsLock(nativeEvent.getModifierState?.('CapsLock') ?? false)
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(described) => (
        <>
          <div className={styles.row}>
            <input
              className={fieldStyles.input}
              type={isShown ? 'text' : 'password'}
              autoCapitalize="none"
              spellCheck={false}
              {...described}
              {...input}
              onKeyDown={readCapsLock}
              onKeyUp={readCapsLock}
              onBlur={() => setCapsLock(false)}
            />
            <IconButton
              className={styles.toggle}
              label={texts.showPassword}
              aria-pressed={isShown}
              onClick={() => setShown(!isShown)}
            >
              <Icon name="eye" />
            </IconButton>
          </div>
          <p role="status" className={styles.capsLock}>
            {hasCapsLock && texts.capsLock}
          </p>
        </>
      )}
    </Labelled>
  )
}
