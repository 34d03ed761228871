import { useMessages } from '../../i18n/messages.ts'
import styles from './keypad.module.css'
import { phoneMessages } from './messages.ts'

const KEYS = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
] as const

/** The twelve keys of a phone (ITU-T E.161). */
export function Keypad({ label, onDigit }: { label: string; onDigit(digit: string): void }) {
  const texts = useMessages(phoneMessages)
  return (
    <fieldset
      className={styles.keypad}
      aria-label={label}
      onKeyDown={({ key }) => {
        if (/^[0-9*#]$/.test(key)) onDigit(key)
      }}
    >
      {KEYS.map(([digit, alphabet]) => (
        <button
          key={digit}
          type="button"
          className={styles.key}
          aria-label={texts.digit(digit)}
          onClick={() => onDigit(digit)}
        >
          {digit}
          <small className={styles.alphabet}>{alphabet}</small>
        </button>
      ))}
    </fieldset>
  )
}
