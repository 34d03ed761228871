import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, lazy, Suspense, useEffect, useRef, useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { nextIndex } from '../../../components/roving.ts'
import { useRowHeight } from '../../../components/row-height.ts'
import { useVirtualRows } from '../../../components/virtual-rows.ts'
import { useMessages } from '../../../i18n/messages.ts'
import { useLeadChoices } from '../lead-choices.ts'
import styles from '../leads.module.css'
import { leadsMessages } from '../messages.ts'
import type { LeadSort, LeadsSearch } from '../search.ts'
import { useLeadRows } from '../use-leads.ts'
import { LeadRow, type RowActions } from './lead-row.tsx'
import { isSelected, type Selection, toggle } from './selection.ts'
import { TableHeader } from './table-header.tsx'

const EditPanel = lazy(() => import('../edit/edit-panel.tsx').then((it) => ({ default: it.EditPanel })))

interface TableProps {
  search: LeadsSearch
  total: number
  isExact: boolean
  selection: Selection
  /** Undefined: rows cannot be selected. */
  onSelection: ((selection: Selection) => void) | undefined
  onSort(sort: LeadSort): void
}

/** A grid of all leads; rows that are not visible are not drawn, and loaded when the list stops there. */
export function LeadsTable({ search, total, isExact, selection, onSelection, onSort }: TableProps) {
  const texts = useMessages(leadsMessages)
  const navigate = useNavigate()
  const { agentName, campaignName } = useLeadChoices()
  const list = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const [edited, setEdited] = useState<number>()
  const rowHeight = useRowHeight(3.5, 5.75)
  const { rows, top } = useVirtualRows({ list, count: total, rowHeight, activeRow: active, wholeRows: 0 })
  const { leadAt, error, retry } = useLeadRows(search, rows.range?.startIndex ?? 0, rows.range?.endIndex ?? 0)

  // The rows compare it, so it is made once.
  const actions: RowActions = {
    open: (id) => void navigate({ to: '/leads/$id', params: { id: String(id) } }),
    activate: setActive,
    toggle: (id) => onSelection?.(toggle(selection, id)),
    edit: setEdited,
  }
  const [rowActions] = useState(() => ({ ...actions }))
  useEffect(() => void Object.assign(rowActions, actions))

  const wantsFocus = useRef(false)
  const focusRow = () => list.current?.querySelector<HTMLElement>(`[data-open="${active}"]`)?.focus()
  useEffect(() => {
    if (!wantsFocus.current) return
    wantsFocus.current = false
    list.current?.querySelector<HTMLElement>(`[data-open="${active}"]`)?.focus()
  }, [active])
  function onKeyDown(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const lead = leadAt(active)
    const isOnName = (event.target as HTMLElement).dataset.open !== undefined // keys bubble from elements
    const next = nextIndex(event.key, active, { count: total, columns: 1 })
    if (next !== undefined) {
      wantsFocus.current = true
      setActive(next)
    } else if (event.key === 'F2' && lead !== undefined) setEdited(active)
    else if (event.key === ' ' && isOnName && lead !== undefined) rowActions.toggle(lead.id)
    else return
    event.preventDefault()
  }
  const editedLead = edited === undefined ? undefined : leadAt(edited)
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table does not allow for rows that come and go */}
      <div
        role="grid"
        aria-label={texts.table}
        aria-rowcount={isExact ? total + 1 : -1}
        aria-colcount={onSelection === undefined ? 7 : 8}
        className={styles.grid}
        data-selectable={onSelection !== undefined}
        onKeyDown={onKeyDown}
      >
        <TableHeader sort={search.sort} isSelectable={onSelection !== undefined} onSort={onSort} />
        <div ref={list} className={styles.rows} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const lead = leadAt(index)
            return (
              <LeadRow
                key={index}
                index={index}
                lead={lead}
                top={start - top}
                isActive={index === active}
                isSelectable={onSelection !== undefined}
                isSelected={lead !== undefined && isSelected(selection, lead.id)}
                agent={lead === undefined ? '' : agentName(lead.agent_id)}
                campaign={lead === undefined ? '' : campaignName(lead.campaign_id)}
                actions={rowActions}
              />
            )
          })}
        </div>
      </div>
      {edited !== undefined && editedLead !== undefined && (
        <Suspense>
          <EditPanel
            key={editedLead.id}
            lead={editedLead}
            top={(list.current?.offsetTop ?? 0) + edited * rowHeight}
            onClose={() => {
              setEdited(undefined)
              focusRow()
            }}
          />
        </Suspense>
      )}
      <LoadFailed error={error} onRetry={retry} />
    </div>
  )
}

function LoadFailed({ error, onRetry }: { error: Error | null; onRetry(): void }) {
  const { retry } = useMessages(componentMessages)
  const describeError = useErrorText()
  if (error === null) return null
  return (
    <div className={styles.failed}>
      <Notice tone="danger">
        {describeError(error)} <Button onClick={onRetry}>{retry}</Button>
      </Notice>
    </div>
  )
}
