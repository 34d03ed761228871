import { useCallback, useRef, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { SelectField, TextField } from '../../components/field.tsx'
import { useContacts } from '../../components/people/use-contacts.ts'
import { SearchField } from '../../components/search-field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './history.module.css'
import { historyMessages } from './messages.ts'
import { DIRECTIONS, type HistorySearch, OUTCOMES } from './search.ts'

interface FiltersProps {
  search: HistorySearch
  /** @param change of the filters as an address would bring them: an empty field is no filter */
  onChange(change: { [K in keyof HistorySearch]: unknown }): void
  onClear(): void
  /** How often all filters were removed: what was being typed then does not count. */
  clears: number
}

export function HistoryFilters({ search, onChange, onClear, clears }: FiltersProps) {
  const texts = useMessages(historyMessages)
  const { directions, outcomes } = useMessages(callMessages)
  const { claims } = useConsole()
  const { q: _, missed: __, ...others } = search
  const [isOpen, setOpen] = useState(Object.keys(others).length > 0)

  const box = useRef<HTMLDivElement>(null)
  useShortcut(
    '/',
    texts.search,
    useCallback(() => box.current?.querySelector('input')?.focus(), []),
  )
  return (
    <div className={styles.filters} ref={box}>
      <div className={styles.first}>
        <SearchField
          key={clears}
          label={texts.search}
          placeholder={texts.searchHint}
          value={search.q ?? ''}
          onSearch={(q) => onChange({ q })}
        />
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={search.missed === true}
            onChange={(event) => onChange({ missed: event.target.checked })}
          />
          {texts.onlyMissed}
        </label>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {texts.filters}
        </Button>
        {Object.keys(search).length > 0 && (
          <Button tone="quiet" onClick={onClear}>
            {texts.clear}
          </Button>
        )}
      </div>
      {isOpen && (
        <div className={styles.more}>
          <SearchField
            key={clears}
            label={texts.number}
            type="tel"
            maxLength={64}
            value={search.number ?? ''}
            onSearch={(number) => onChange({ number })}
          />
          <Choice
            label={texts.direction}
            value={search.direction}
            options={DIRECTIONS.map((one) => [one, directions[one]])}
            onValue={(direction) => onChange({ direction })}
          />
          <Choice
            label={texts.outcome}
            value={search.outcome}
            options={OUTCOMES.map((one) => [one, outcomes[one]])}
            onValue={(outcome) => onChange({ outcome })}
          />
          <TextField
            label={texts.from}
            type="date"
            value={search.from ?? ''}
            max={search.until}
            onChange={(event) => onChange({ from: event.target.value })}
          />
          <TextField
            label={texts.until}
            type="date"
            value={search.until ?? ''}
            min={search.from}
            onChange={(event) => onChange({ until: event.target.value })}
          />
          {claims.role !== 'user' && (
            <PersonChoice value={search.user} onValue={(user) => onChange({ user })} />
          )}
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
