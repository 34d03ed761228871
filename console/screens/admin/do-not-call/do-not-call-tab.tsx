import { useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { named } from '../accessible-name.ts'
import styles from '../admin.module.css'
import { Facts } from '../facts.tsx'
import { PagedRows } from '../paged-rows.tsx'
import { useAdminSearch } from '../use-admin-search.ts'
import { usePages } from '../use-pages.ts'
import { AddNumberDialog } from './add-number.tsx'
import { doNotCallMessages } from './messages.ts'
import { RemoveNumberDialog } from './remove-number.tsx'

/** Numbers that are not called from here. */
export function DoNotCallTab() {
  const texts = useMessages(doNotCallMessages)
  const { api } = useConsole()
  const [{ q = '' }, setSearch] = useAdminSearch()
  const [isAdding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<string>()
  const list = usePages(['do-not-call', q], async (page, signal) => {
    const query = { ...page, ...(q === '' ? {} : { q }) }
    const { numbers, ...rest } = await dataOf(api.GET('/api/v1/do-not-call', { params: { query }, signal }))
    return { rows: numbers, ...rest }
  })
  return (
    <>
      <div className={styles.tools}>
        <SearchField label={texts.search} value={q} onSearch={(text) => setSearch({ q: text })} />
        <Button tone="primary" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {texts.add}
        </Button>
      </div>
      <PagedRows
        list={list}
        label={texts.list}
        empty={q === '' ? texts.empty : texts.noMatch}
        keyOf={({ number }) => number}
      >
        {(entry) => <NumberRow entry={entry} onRemove={() => setRemoving(entry.number)} />}
      </PagedRows>
      {isAdding && <AddNumberDialog onClose={() => setAdding(false)} />}
      {removing !== undefined && (
        <RemoveNumberDialog number={removing} onClose={() => setRemoving(undefined)} />
      )}
    </>
  )
}

function NumberRow({ entry, onRemove }: { entry: Wire<'DoNotCallNumber'>; onRemove(): void }) {
  const texts = useMessages(doNotCallMessages)
  const language = useLanguage()
  return (
    <>
      <div className={styles.main}>
        <p className={styles.name}>
          <bdi>{entry.number}</bdi>
        </p>
        <Facts
          facts={[
            [texts.note, entry.note],
            [texts.since, formatTime(language, entry.added_at)],
          ]}
        />
      </div>
      <Button aria-label={named(texts.remove, entry.number)} onClick={onRemove}>
        {texts.remove}
      </Button>
    </>
  )
}
