import { type ReactNode, useRef, useState } from 'react'
import { classNames } from '../../components/button.tsx'
import { useVirtualRows } from '../../components/virtual-rows.ts'
import styles from './admin.module.css'

/** About the height of a row with one line of text, in pixels. Each row is measured once it is drawn. */
const ROW_HEIGHT = 72

/** A list that draws only the rows near the window. */
export function VirtualRows({
  label,
  count,
  total,
  keyOf,
  drawRow,
}: {
  label: string
  /** Rows that are loaded. */
  count: number
  /** Rows that there are. */
  total: number
  keyOf(index: number): string
  drawRow(index: number): ReactNode
}) {
  const list = useRef<HTMLUListElement>(null)
  const [activeRow, setActiveRow] = useState(0)
  const { rows, top } = useVirtualRows({ list, count, rowHeight: ROW_HEIGHT, activeRow, wholeRows: 0 })
  return (
    <ul
      ref={list}
      aria-label={label}
      className={styles.virtual}
      style={{ height: `${rows.getTotalSize()}px` }}
    >
      {rows.getVirtualItems().map(({ index, start }) => (
        <li
          key={keyOf(index)}
          ref={rows.measureElement}
          data-index={index}
          aria-setsize={total}
          aria-posinset={index + 1}
          className={classNames(styles.row, styles.placed)}
          style={{ transform: `translateY(${start - top}px)` }}
          onFocus={() => setActiveRow(index)}
        >
          {drawRow(index)}
        </li>
      ))}
    </ul>
  )
}
