import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { classNames } from '../../components/button.tsx'
import type { Contact } from '../../components/people/directory.ts'
import { nextIndex } from '../../components/roving.ts'
import { useVirtualRows } from '../../components/virtual-rows.ts'
import { WHOLE_ROWS } from '../../components/whole-rows.ts'
import styles from './people.module.css'
import { PersonTile, type TileActions } from './person-tile.tsx'
import type { View } from './view.ts'

const TILE_WIDTH_REM = 16
const ROW_HEIGHT: Record<View, number> = { tiles: 128, list: 60 }

interface GridProps {
  label: string
  contacts: readonly Contact[]
  view: View
  ownExtension: string | undefined
  canDial: boolean
  myCalls: readonly { id: string; partner: string }[]
  actions: Omit<TileActions, 'activate'>
}

/** People as tiles or as a list: one grid that the arrow keys move in. Long lists are drawn where they are visible. */
export function PersonGrid({ label, contacts, view, ownExtension, canDial, myCalls, actions }: GridProps) {
  const list = useRef<HTMLDivElement>(null)
  const columns = useColumns(list, view)
  const [active, setActive] = useState(0)
  const activeIndex = Math.min(active, contacts.length - 1)
  const rowCount = Math.ceil(contacts.length / columns)
  const { rows, top } = useVirtualRows({
    list,
    count: rowCount,
    rowHeight: ROW_HEIGHT[view],
    activeRow: Math.floor(activeIndex / columns),
    wholeRows: Math.floor(WHOLE_ROWS / columns),
  })
  // The tiles compare it, so it is made once.
  const [tileActions] = useState(() => ({ ...actions, activate: setActive }))
  useEffect(() => void Object.assign(tileActions, actions), [tileActions, actions])

  const wantsFocus = useRef(false)
  useEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    list.current?.querySelector<HTMLElement>(`[data-cell="${activeIndex}"]`)?.focus()
  }, [activeIndex])
  function onKeyDown(event: KeyboardEvent) {
    if (!(event.target instanceof HTMLElement) || event.target.role !== 'gridcell') return
    const next = nextIndex(event.key, activeIndex, { count: contacts.length, columns, pageRows: 5 })
    if (next === undefined) return
    event.preventDefault()
    wantsFocus.current = true
    setActive(next)
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: tiles that flow over rows are no table
    <div
      ref={list}
      role="grid"
      aria-label={label}
      aria-rowcount={rowCount}
      aria-colcount={columns}
      className={classNames(styles.grid, view === 'list' && styles.list)}
      style={{ height: rows.getTotalSize(), '--columns': columns } as CSSProperties} // React types no custom properties
      onKeyDown={onKeyDown}
    >
      {rows.getVirtualItems().map(({ index: row, key, start }) => (
        // biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus
        // biome-ignore lint/a11y/useSemanticElements: tiles that flow over rows are no table
        <div
          key={key}
          ref={rows.measureElement}
          role="row"
          aria-rowindex={row + 1}
          data-index={row}
          className={styles.row}
          style={{ top: start - top }}
        >
          {contacts.slice(row * columns, (row + 1) * columns).map((contact, column) => (
            <PersonTile
              key={contact.extension}
              contact={contact}
              index={row * columns + column}
              column={column}
              isActive={row * columns + column === activeIndex}
              isMe={contact.extension === ownExtension}
              canDial={canDial}
              myCalls={myCalls}
              actions={tileActions}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

/** How many tiles fit beside each other. */
function useColumns(list: React.RefObject<HTMLElement | null>, view: View): number {
  const [columns, setColumns] = useState(1)
  useEffect(() => {
    const element = list.current
    if (element === null || view === 'list') return setColumns(1)
    const observer = new ResizeObserver(([entry]) => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      setColumns(Math.max(1, Math.floor((entry?.contentRect.width ?? 0) / (TILE_WIDTH_REM * rem))))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [list, view])
  return columns
}
