import { type KeyboardEvent, useId, useState } from 'react'
import { useMessages } from '../../i18n/messages.ts'
import { classNames } from '../button.tsx'
import { TextField } from '../field.tsx'
import { choicesOf, type Picked } from './choices.ts'
import { peopleMessages } from './messages.ts'
import styles from './people-picker.module.css'
import { PresenceBadge } from './presence-badge.tsx'
import { useContacts } from './use-contacts.ts'

/** Chooses a person, with their presence, or a number (WAI-ARIA combobox with a list that is always open). */
export function PeoplePicker({
  picked,
  onPick,
  except,
}: {
  picked: Picked | undefined
  onPick(choice: Picked | undefined): void
  /** An extension that is not offered. */
  except?: string | undefined
}) {
  const texts = useMessages(peopleMessages)
  const { contacts } = useContacts()
  const [query, setQuery] = useState('')
  const id = useId()
  const choices = choicesOf(contacts, query, except)
  const index = choices.findIndex(({ number }) => number === picked?.number)

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined || choices.length === 0) return
    event.preventDefault()
    const next = index < 0 && step < 0 ? choices.length - 1 : (index + step + choices.length) % choices.length
    onPick(choices[next])
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <div className={styles.picker}>
      <TextField
        label={texts.pick}
        hint={texts.pickHint}
        value={query}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={index < 0 ? undefined : `${id}-${index}`}
        autoComplete="off"
        onKeyDown={onKeyDown}
        onChange={({ target: { value } }) => {
          setQuery(value)
          // One match, or the number as it was typed, needs no second step.
          const found = choicesOf(contacts, value, except)
          onPick(
            found.find(({ number }) => number === value.trim()) ??
              (found.length === 1 ? found[0] : undefined),
          )
        }}
      />
      <p className="visually-hidden" role="status">
        {texts.pickCount(choices.length)}
      </p>
      <div id={id} role="listbox" aria-label={texts.pick} className={styles.list}>
        {choices.map((choice, at) => (
          <div
            key={choice.number}
            id={`${id}-${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === index}
            className={classNames(styles.option, at === index && styles.selected)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(choice)}
            onKeyDown={onKeyDown}
          >
            {choice.name === '' ? (
              texts.pickNumber(choice.number)
            ) : (
              <>
                <span className={styles.name}>{choice.name}</span>
                <span className={styles.number}>{choice.number}</span>
                <PresenceBadge extension={choice.number} />
              </>
            )}
          </div>
        ))}
      </div>
    </div>
  )
}
