import { useCallback, useRef, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { useShortcut } from '../../app/shortcuts.tsx'
import { Button } from '../../components/button.tsx'
import { TextField } from '../../components/field.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { ChoiceField, toOptions } from './choice-field.tsx'
import { useLeadChoices } from './lead-choices.ts'
import styles from './leads.module.css'
import { leadsMessages } from './messages.ts'
import { countFilters, LEAD_SORTS, LEAD_STATUSES, type LeadsSearch } from './search.ts'

interface FiltersProps {
  search: LeadsSearch
  /** @param change of the filters as an address would bring them: an empty field is no filter */
  onChange(change: { [K in keyof LeadsSearch]: unknown }): void
  onClear(): void
  /** How often all filters were removed: what was being typed then does not count. */
  clears: number
}

export function LeadsFilters({ search, onChange, onClear, clears }: FiltersProps) {
  const texts = useMessages(leadsMessages)
  const { claims } = useConsole()
  const { agents, campaigns } = useLeadChoices()
  const { q: _, status: __, sort, ...others } = search
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
        <ChoiceField
          label={texts.status}
          value={search.status}
          empty={texts.any}
          options={LEAD_STATUSES.map((one) => [one, texts.statuses[one]])}
          onValue={(status) => onChange({ status })}
        />
        <ChoiceField
          label={texts.order}
          value={sort ?? LEAD_SORTS[0]}
          options={LEAD_SORTS.map((one) => [one, texts.sorts[one]])}
          onValue={(next) => onChange({ sort: next })}
        />
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {texts.filters}
        </Button>
        {countFilters(search) > 0 && (
          <Button tone="quiet" onClick={onClear}>
            {texts.clear}
          </Button>
        )}
      </div>
      {isOpen && (
        <div className={styles.more}>
          <SearchField
            key={clears}
            label={texts.phoneBegins}
            type="tel"
            maxLength={64}
            value={search.phone ?? ''}
            onSearch={(phone) => onChange({ phone })}
          />
          {claims.role !== 'user' && (
            <ChoiceField
              label={texts.agent}
              value={search.agent}
              empty={texts.any}
              options={[['none', texts.unassigned], ...toOptions(agents)]}
              onValue={(agent) => onChange({ agent })}
            />
          )}
          <ChoiceField
            label={texts.campaign}
            value={search.campaign}
            empty={texts.any}
            options={toOptions(campaigns)}
            onValue={(campaign) => onChange({ campaign })}
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
        </div>
      )}
    </div>
  )
}
