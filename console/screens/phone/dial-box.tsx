import { type RefObject, useEffect, useState } from 'react'
import { useStore } from '../../app/console-context.ts'
import { numberToDial } from '../../app/number-to-dial.ts'
import { IconButton } from '../../components/button.tsx'
import { usePhone } from '../../components/calls/use-phone.ts'
import { Icon } from '../../components/icon.tsx'
import { useContacts } from '../../components/people/use-contacts.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './dial-box.module.css'
import { Keypad } from './keypad.tsx'
import { phoneMessages } from './messages.ts'
import { numberFor } from './number-for.ts'
import { PersonCombobox } from './person-combobox.tsx'

/** Where a number or a name is entered and called. */
export function DialBox({ inputRef }: { inputRef: RefObject<HTMLInputElement | null> }) {
  const texts = useMessages(phoneMessages)
  const { canDial, dial: call } = usePhone()
  const { contacts } = useContacts()
  const [text, setText] = useState('')
  const [isKeypadOpen, setKeypadOpen] = useState(false)
  const linked = useStore(numberToDial)
  useEffect(() => {
    if (linked === undefined) return
    // Entered, and not dialed: a link must not place a call.
    setText(linked)
    numberToDial.set(undefined)
  }, [linked])

  function dial(number: string | undefined) {
    if (number === undefined) return inputRef.current?.focus()
    void call(number).then((isPlaced) => {
      if (isPlaced) setText('')
      else inputRef.current?.focus()
    })
    // The next key is for the call.
    inputRef.current?.blur()
  }
  return (
    <div className={styles.box}>
      <div className={styles.row}>
        <PersonCombobox
          label={texts.dialLabel}
          value={text}
          onChange={setText}
          onChoose={dial}
          inputRef={inputRef}
        />
        <IconButton
          label={texts.keypad}
          aria-expanded={isKeypadOpen}
          onClick={() => setKeypadOpen(!isKeypadOpen)}
        >
          <Icon name="keypad" />
        </IconButton>
        <IconButton
          label={texts.call}
          tone="success"
          disabled={!canDial}
          onClick={() => dial(numberFor(text, contacts))}
        >
          <Icon name="phone" />
        </IconButton>
      </div>
      {isKeypadOpen && <Keypad label={texts.keypad} onDigit={(digit) => setText(text + digit)} />}
    </div>
  )
}
