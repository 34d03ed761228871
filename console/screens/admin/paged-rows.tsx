import { lazy, type ReactNode, Suspense, useEffect, useRef } from 'react'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { WHOLE_ROWS } from '../../components/whole-rows.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './admin.module.css'
import { adminMessages } from './messages.ts'
import type { PagedList } from './use-pages.ts'

interface PagedRowsProps<Row> {
  list: PagedList<Row>
  /** Names the list. */
  label: string
  /** Shown if there are no rows. */
  empty: string
  keyOf(row: Row): string
  /** The content of the element of a row. */
  children(row: Row): ReactNode
}

/** A list with its loading, empty, failed and forbidden states. Long ones draw only the rows near the window. */
export function PagedRows<Row>({ list, label, empty, keyOf, children }: PagedRowsProps<Row>) {
  const texts = useMessages(adminMessages)
  const common = useMessages(componentMessages)
  switch (list.state) {
    case 'forbidden':
      return <EmptyState title={common.noPermission} />
    case 'loading':
      return <EmptyState title={common.loading} />
    case 'failed':
      return (
        <EmptyState title={common.loadFailed}>
          <Button onClick={list.retry}>{common.retry}</Button>
        </EmptyState>
      )
    case 'shown':
      if (list.rows.length === 0) return <EmptyState title={empty} />
  }
  return (
    <>
      <p className={styles.soft} role="status">
        {texts.total(list.total)}
      </p>
      <Rows list={list} label={label} keyOf={keyOf}>
        {children}
      </Rows>
      {list.hasMore && <MoreButton list={list} />}
    </>
  )
}

/** In a script of its own, for long lists alone. */
const VirtualRows = lazy(() => import('./virtual-list.tsx').then((it) => ({ default: it.VirtualRows })))

function Rows<Row>({ list: { rows, total }, label, keyOf, children }: Omit<PagedRowsProps<Row>, 'empty'>) {
  const whole = (
    <ul aria-label={label}>
      {rows.map((row) => (
        <li key={keyOf(row)} className={styles.row}>
          {children(row)}
        </li>
      ))}
    </ul>
  )
  if (rows.length <= WHOLE_ROWS) return whole
  return (
    <Suspense fallback={whole}>
      <VirtualRows
        label={label}
        count={rows.length}
        total={total}
        keyOf={(index) => keyOf(rows[index] as Row)} // the index is below the count
        drawRow={(index) => children(rows[index] as Row)}
      />
    </Suspense>
  )
}

/** Loads the next page when it comes into view, or by a click; after a failure by a click alone. */
function MoreButton<Row>({ list }: { list: PagedList<Row> }) {
  const texts = useMessages(adminMessages)
  const { retry } = useMessages(componentMessages)
  const describeError = useErrorText()
  const button = useRef<HTMLDivElement>(null)
  const loadMore = useRef(list.loadMore)
  loadMore.current = list.loadMore
  const { isLoadingMore, moreError } = list
  const isAutomatic = !isLoadingMore && moreError === null
  useEffect(() => {
    if (button.current === null || !isAutomatic) return
    // A new observer reports at once: the button may be in view still after a page was loaded.
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting === true) loadMore.current()
    })
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [isAutomatic])
  return (
    <div ref={button} className={styles.more}>
      {moreError !== null && <Notice tone="danger">{describeError(moreError)}</Notice>}
      <Button disabled={isLoadingMore} onClick={list.loadMore}>
        {moreError === null ? texts.more : retry}
      </Button>
    </div>
  )
}
