import { TextField } from '../../../components/field.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { ChoiceFilter } from '../choice-filter.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { logMessages } from './messages.ts'

/** The filters of the security log. @param event that is chosen, if the log has it */
export function LogFilters({ event }: { event: string | undefined }) {
  const texts = useMessages(logMessages)
  const [{ q = '', from = '', to = '' }, setSearch] = useAdminSearch()
  return (
    <div className={styles.tools}>
      <SearchField label={texts.search} value={q} onSearch={(text) => setSearch({ q: text })} />
      <ChoiceFilter
        label={texts.event}
        value={event}
        choices={texts.events}
        onChoose={(value) => setSearch({ event: value })}
      />
      <TextField
        label={texts.from}
        type="date"
        value={from}
        max={to === '' ? undefined : to}
        onChange={({ target }) => setSearch({ from: target.value })}
      />
      <TextField
        label={texts.to}
        type="date"
        value={to}
        min={from === '' ? undefined : from}
        onChange={({ target }) => setSearch({ to: target.value })}
      />
    </div>
  )
}
