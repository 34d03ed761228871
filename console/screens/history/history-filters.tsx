import { useCallback, useEffect, useRef, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { SelectField, TextField } from '../../components/field.tsx'
import { useContacts } from '../../components/people/use-contacts.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './history.module.css'
import { historyMessages } from './messages.ts'
import { DIRECTIONS, type HistorySearch, OUTCOMES, readHistorySearch } from './search.ts'

/** Time after the last key until the list is filtered. */
const TYPING_MS = 300

interface FiltersProps {
  search: HistorySearch
  onChange(search: HistorySearch): void
}

export function HistoryFilters({ search, onChange }: FiltersProps) {
  const texts = useMessages(historyMessages)
  const { directions, outcomes } = useMessages(callMessages)
  const { claims } = useConsole()
  const { q: _, missed: __, ...others } = search
  const [isOpen, setOpen] = useState(Object.keys(others).length > 0)
  /** As an address would bring it: an empty field is no filter. */
  const set = (change: Record<string, unknown>) => onChange(readHistorySearch({ ...search, ...change }))

  const box = useRef<HTMLDivElement>(null)
  useShortcut(
    '/',
    texts.search,
    useCallback(() => box.current?.querySelector('input')?.focus(), []),
  )
  return (
    <div className={styles.filters} ref={box}>
      <div className={styles.first}>
        <TypedField
          label={texts.search}
          hint={texts.searchHint}
          type="search"
          value={search.q ?? ''}
          onValue={(q) => set({ q })}
        />
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={search.missed === true}
            onChange={(event) => set({ missed: event.target.checked })}
          />
          {texts.onlyMissed}
        </label>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {texts.filters}
        </Button>
        {Object.keys(search).length > 0 && (
          <Button tone="quiet" onClick={() => onChange({})}>
            {texts.clear}
          </Button>
        )}
      </div>
      {isOpen && (
        <div className={styles.more}>
          <TypedField
            label={texts.number}
            type="tel"
            value={search.number ?? ''}
            onValue={(number) => set({ number })}
          />
          <Choice
            label={texts.direction}
            value={search.direction}
            options={DIRECTIONS.map((one) => [one, directions[one]])}
            onValue={(direction) => set({ direction })}
          />
          <Choice
            label={texts.outcome}
            value={search.outcome}
            options={OUTCOMES.map((one) => [one, outcomes[one]])}
            onValue={(outcome) => set({ outcome })}
          />
          <TextField
            label={texts.from}
            type="date"
            value={search.from ?? ''}
            max={search.until}
            onChange={(event) => set({ from: event.target.value })}
          />
          <TextField
            label={texts.until}
            type="date"
            value={search.until ?? ''}
            min={search.from}
            onChange={(event) => set({ until: event.target.value })}
          />
          {claims.role !== 'user' && <PersonChoice value={search.user} onValue={(user) => set({ user })} />}
        </div>
      )}
    </div>
  )
}

function Choice({
  label,
  value,
  options,
  onValue,
}: {
  label: string
  value: string | undefined
  options: readonly (readonly [value: string, label: string])[]
  onValue(value: string): void
}) {
  const { any } = useMessages(historyMessages)
  return (
    <SelectField label={label} value={value ?? ''} onChange={(event) => onValue(event.target.value)}>
      <option value="">{any}</option>
      {options.map(([one, text]) => (
        <option key={one} value={one}>
          {text}
        </option>
      ))}
    </SelectField>
  )
}

function PersonChoice({ value, onValue }: { value: string | undefined; onValue(value: string): void }) {
  const { user } = useMessages(historyMessages)
  const { contacts } = useContacts()
  const options = contacts.flatMap(({ userId, name, extension }) =>
    userId === undefined ? [] : [[userId, `${name} (${extension})`] as const],
  )
  return <Choice label={user} value={value} options={options} onValue={onValue} />
}

/** A text that counts once the typing pauses. */
function TypedField({
  label,
  hint,
  type,
  value,
  onValue,
}: {
  label: string
  hint?: string
  type: 'search' | 'tel'
  value: string
  onValue(value: string): void
}) {
  const [text, setText] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // The address has changed otherwise: by a link, or “Back”.
  useEffect(() => setText((typed) => (typed.trim() === value ? typed : value)), [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <TextField
      label={label}
      type={type}
      placeholder={hint}
      value={text}
      autoComplete="off"
      onChange={(event) => {
        const typed = event.target.value
        setText(typed)
        clearTimeout(timer.current)
        timer.current = setTimeout(() => onValue(typed), TYPING_MS)
      }}
    />
  )
}
