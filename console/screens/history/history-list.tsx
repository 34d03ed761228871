import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { usePhone } from '../../components/calls/use-phone.ts'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { Notice } from '../../components/notice.tsx'
import { nextIndex } from '../../components/roving.ts'
import { useRowHeight } from '../../components/row-height.ts'
import { useVirtualRows } from '../../components/virtual-rows.ts'
import { useMessages } from '../../i18n/messages.ts'
import styles from './history.module.css'
import { HistoryRow, type RowActions } from './history-row.tsx'
import { historyMessages } from './messages.ts'
import type { PastCall } from './parties.ts'
import type { useHistory } from './use-history.ts'

/** Loads the next page when so many loaded rows are left below. */
const AHEAD = 60

interface ListProps {
  history: ReturnType<typeof useHistory>
  isNew(call: PastCall): boolean
  onOpen(call: PastCall): void
}

/** All rows of the history; those that are not visible are not drawn, and loaded when they are scrolled to. */
export function HistoryList({ history, isNew, onOpen }: ListProps) {
  const texts = useMessages(historyMessages)
  const { claims } = useConsole()
  const phone = usePhone()
  const { calls, count, isExact } = history
  const list = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const rowHeight = useRowHeight(3.75, 5.5)
  const { rows, top } = useVirtualRows({ list, count, rowHeight, activeRow: active, wholeRows: 0 })
  usePagesUntil(history, (rows.range?.endIndex ?? 0) + AHEAD)

  // The rows compare it, so it is made once.
  const actions: RowActions = {
    open: onOpen,
    activate: setActive,
    callBack: ({ number, name }) => void phone.dial(number, name || number),
  }
  const [rowActions] = useState(() => ({ ...actions }))
  useEffect(() => void Object.assign(rowActions, actions))

  const wantsFocus = useRef(false)
  useEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    list.current?.querySelector<HTMLElement>(`[data-open="${active}"]`)?.focus()
  }, [active])
  function onKeyDown(event: KeyboardEvent) {
    const next = nextIndex(event.key, active, { count: calls.length, columns: 1 })
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    wantsFocus.current = true
    setActive(next)
  }

  const { columns } = texts
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a table does not allow for rows that come and go */}
      <div
        role="grid"
        aria-label={texts.calls}
        aria-rowcount={isExact ? count + 1 : -1}
        aria-colcount={5}
        className={styles.grid}
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/useFocusableInteractive: nothing can be done with the header */}
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div role="row" aria-rowindex={1} className={styles.header}>
          {[columns.call, columns.outcome, columns.time, columns.duration, columns.actions].map((name) => (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <span key={name} role="columnheader">
              {name}
            </span>
          ))}
        </div>
        <div ref={list} className={styles.rows} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <HistoryRow
              key={index}
              index={index}
              call={calls[index]}
              top={start - top}
              isActive={index === active}
              isNew={calls[index] !== undefined && isNew(calls[index])}
              viewer={claims}
              canDial={phone.canDial}
              actions={rowActions}
            />
          ))}
        </div>
      </div>
      <MoreFailed history={history} />
    </>
  )
}

/** Loads page after page until a row is there. */
function usePagesUntil(
  { calls, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage }: ListProps['history'],
  index: number,
) {
  const isWanted = hasNextPage && !isFetching && !isFetchNextPageError && index >= calls.length
  useEffect(() => {
    if (isWanted) void fetchNextPage()
  }, [isWanted, fetchNextPage])
}

function MoreFailed({ history: { isFetchNextPageError, error, fetchNextPage } }: Pick<ListProps, 'history'>) {
  const { retry } = useMessages(componentMessages)
  const describeError = useErrorText()
  if (!isFetchNextPageError) return null
  return (
    <div className={styles.failed}>
      <Notice tone="danger">
        {describeError(error)} <Button onClick={() => void fetchNextPage()}>{retry}</Button>
      </Notice>
    </div>
  )
}
