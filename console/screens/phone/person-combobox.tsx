import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { useConsole, useStore } from '../../app/console-context.ts'
import { classNames } from '../../components/button.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { phoneMessages } from './messages.ts'
import { filterPeople, numberFor, type PersonOption } from './people-filter.ts'
import styles from './person-combobox.module.css'

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
  const { live, claims } = useConsole()
  const presence = useStore(live.presence)
  const id = useId()
  const [active, setActive] = useState(-1)
  const [isOpen, setOpen] = useState(false)
  const options = isOpen ? filterPeople(presence, value, claims.extension) : []
  const isShown = isOpen && value.trim() !== '' && (options.length > 0 || numberFor(value, []) === undefined)

  function choose(option: PersonOption) {
    setOpen(false)
    onChange(option.extension)
    onChoose(option.extension)
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
        const number = numberFor(value, options)
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
            key={option.extension}
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
              {option.extension} · {texts.presence[option.state]}
            </span>
          </div>
        ))}
        {isShown && options.length === 0 && <p className={styles.none}>{texts.noMatch}</p>}
      </div>
    </div>
  )
}
