import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { classNames } from '../../components/button.tsx'
import { choicesOf, type Picked } from '../../components/people/choices.ts'
import { PresenceBadge } from '../../components/people/presence-badge.tsx'
import { useContacts } from '../../components/people/use-contacts.ts'
import { useMessages } from '../../i18n/messages.ts'
import { phoneMessages } from './messages.ts'
import { numberFor } from './number-for.ts'
import styles from './person-combobox.module.css'

const MAX_OPTIONS = 8

interface PersonComboboxProps {
  label: string
  value: string
  onChange(text: string): void
  /** Enter, or a click on a person. @param number what to dial */
  onChoose(number: string): void
  inputRef?: RefObject<HTMLInputElement | null>
}

/** A number, or a person by name with their presence (WAI-ARIA combobox with a list box). */
export function PersonCombobox({ label, value, onChange, onChoose, inputRef }: PersonComboboxProps) {
  const texts = useMessages(phoneMessages)
  const { claims } = useConsole()
  const { contacts } = useContacts()
  const id = useId()
  const [active, setActive] = useState(-1)
  const [isOpen, setOpen] = useState(false)
  const isTyped = isOpen && value.trim() !== ''
  // The number that was typed is in the field already.
  const options = isTyped
    ? choicesOf(contacts, value, claims.extension)
        .filter(({ name }) => name !== '')
        .slice(0, MAX_OPTIONS)
    : []
  const isShown = isTyped && (options.length > 0 || numberFor(value, contacts) === undefined)

  function choose(option: Picked) {
    setOpen(false)
    onChange(option.number)
    onChoose(option.number)
  }
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        event.preventDefault()
        setOpen(true)
        setActive(
          (active + (event.key === 'ArrowDown' ? 1 : -1) + options.length) % Math.max(1, options.length),
        )
        return
      case 'Escape':
        if (!isShown) return
        event.preventDefault()
        event.stopPropagation()
        return setOpen(false)
      case 'Enter': {
        event.preventDefault()
        const option = options[active]
        if (option !== undefined) return choose(option)
        const number = numberFor(value, contacts)
        if (number !== undefined) {
          setOpen(false)
          onChoose(number)
        }
      }
    }
  }

  return (
    <div className={styles.combobox}>
      <input
        ref={inputRef}
        className={styles.input}
        role="combobox"
        type="text"
        inputMode="tel"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        placeholder={label}
        aria-expanded={isShown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={options[active] === undefined ? undefined : `${id}-${active}`}
        value={value}
        maxLength={64}
        onChange={(event) => {
          setOpen(true)
          setActive(-1)
          onChange(event.target.value)
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={texts.suggestions}
        className={styles.list}
        hidden={!isShown}
      >
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
          <div
            key={option.number}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={classNames(styles.option, index === active && styles.active)}
            // The field would lose the focus first.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            <span>{option.name}</span>
            <span className={styles.detail}>
              {option.number} <PresenceBadge extension={option.number} />
            </span>
          </div>
        ))}
        {isShown && options.length === 0 && <p className={styles.none}>{texts.noMatch}</p>}
      </div>
    </div>
  )
}
