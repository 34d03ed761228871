import { type FormEvent, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Button, IconButton } from '../../components/button.tsx'
import { Dialog, DialogActions } from '../../components/dialog.tsx'
import { TextField } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { componentMessages } from '../../components/messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './leads.module.css'
import { leadsMessages } from './messages.ts'
import { isSameSearch, readSavedFilters, removeFilter, saveFilter } from './saved-filters.ts'
import { countFilters, type LeadsSearch } from './search.ts'

/** The saved filters, and a button that saves the current one. */
export function SavedFiltersBar({
  search,
  onSelect,
}: {
  search: LeadsSearch
  onSelect(search: LeadsSearch): void
}) {
  const texts = useMessages(leadsMessages)
  const { claims } = useConsole()
  const [filters, setFilters] = useState(() => readSavedFilters(localStorage, claims.userId))
  const [isNaming, setNaming] = useState(false)
  const current = filters.find((one) => isSameSearch(one.search, search))
  if (filters.length === 0 && countFilters(search) === 0) return null
  return (
    <div className={styles.saved}>
      {filters.length > 0 && (
        <ul aria-label={texts.savedFilters} className={styles.saved}>
          {filters.map((one) => (
            <li key={one.name}>
              <Button aria-pressed={one === current} onClick={() => onSelect(one.search)}>
                {one.name}
              </Button>
              {one === current && (
                <IconButton
                  label={texts.removeFilter(one.name)}
                  onClick={() => setFilters(removeFilter(localStorage, claims.userId, one.name))}
                >
                  <Icon name="close" />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      {current === undefined && countFilters(search) > 0 && (
        <Button tone="quiet" onClick={() => setNaming(true)}>
          <Icon name="star" />
          {texts.saveFilter}
        </Button>
      )}
      {isNaming && (
        <NameFilter
          onClose={() => setNaming(false)}
          onName={(name) => setFilters(saveFilter(localStorage, claims.userId, { name, search }))}
        />
      )}
    </div>
  )
}

function NameFilter({ onName, onClose }: { onName(name: string): void; onClose(): void }) {
  const texts = useMessages(leadsMessages)
  const { cancel } = useMessages(componentMessages)
  const [name, setName] = useState('')
  function submit(event: FormEvent) {
    event.preventDefault()
    if (name.trim() === '') return
    onName(name)
    onClose()
  }
  return (
    <Dialog title={texts.saveFilter} onClose={onClose}>
      <form onSubmit={submit} className={styles.form}>
        <TextField
          label={texts.filterName}
          hint={texts.filterHint}
          value={name}
          maxLength={60}
          required
          onChange={(event) => setName(event.target.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>{cancel}</Button>
          <Button tone="primary" type="submit">
            {texts.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
