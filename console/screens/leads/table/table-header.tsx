import { useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import { leadsMessages } from '../messages.ts'
import type { LeadSort } from '../search.ts'

interface HeaderProps {
  sort: LeadSort | undefined
  isSelectable: boolean
  onSort(sort: LeadSort): void
}

/** The names of the columns; two of them sort. */
export function TableHeader({ sort, isSelectable, onSort }: HeaderProps) {
  const { columns } = useMessages(leadsMessages)
  const sortable = (name: string, key: 'last_name' | 'updated_at') => {
    const order = sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none'
    return (
      // biome-ignore lint/a11y/useSemanticElements: a table does not allow for rows that come and go
      // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
      <span role="columnheader" aria-sort={order}>
        <button
          type="button"
          className={styles.sort}
          onClick={() => onSort(order === 'ascending' ? `-${key}` : key)}
        >
          {name}
          <span aria-hidden="true">{order === 'ascending' ? ' ↑' : order === 'descending' ? ' ↓' : ''}</span>
        </button>
      </span>
    )
  }
  const plain = (name: string) => (
    // biome-ignore lint/a11y/useSemanticElements: as above
    // biome-ignore lint/a11y/useFocusableInteractive: nothing can be done with it
    <span key={name} role="columnheader">
      {name}
    </span>
  )
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div role="row" aria-rowindex={1} className={styles.header}>
      {isSelectable && (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: nothing can be done with it
        <span role="columnheader">
          <span className="visually-hidden">{columns.selected}</span>
        </span>
      )}
      {sortable(columns.name, 'last_name')}
      {[columns.phone, columns.status, columns.agent, columns.campaign].map(plain)}
      {sortable(columns.updated, 'updated_at')}
      {plain(columns.actions)}
    </div>
  )
}
