import type { RefObject } from 'react'
import { IconButton } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { peopleScreenMessages } from './messages.ts'
import styles from './people.module.css'
import { VIEWS, type View } from './view.ts'

interface ToolbarProps {
  filter: RefObject<HTMLInputElement | null>
  query: string
  onQuery(query: string): void
  view: View
  onView(view: View): void
  count: number
}

export function PeopleToolbar({ filter, query, onQuery, view, onView, count }: ToolbarProps) {
  const texts = useMessages(peopleScreenMessages)
  return (
    <div className={styles.toolbar}>
      <label className={styles.filter}>
        <span className="visually-hidden">{texts.filter}</span>
        <Icon name="search" />
        <input
          ref={filter}
          type="search"
          value={query}
          placeholder={texts.filterHint}
          autoComplete="off"
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onQuery('')
          }}
        />
      </label>
      <span className={styles.count} role="status">
        {texts.count(count)}
      </span>
      <fieldset className={styles.views}>
        <legend className="visually-hidden">{texts.view}</legend>
        {VIEWS.map((one) => (
          <IconButton
            key={one}
            label={texts[one]}
            aria-pressed={view === one}
            className={view === one ? styles.pressed : undefined}
            onClick={() => onView(one)}
          >
            <Icon name={one === 'tiles' ? 'grid' : 'list'} />
          </IconButton>
        ))}
      </fieldset>
    </div>
  )
}
