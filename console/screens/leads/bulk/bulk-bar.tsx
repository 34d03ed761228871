import { useState } from 'react'
import { Button } from '../../../components/button.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import type { LeadsSearch } from '../search.ts'
import { NOTHING_SELECTED, type Selection, selectAll } from '../table/selection.ts'
import { BulkDialog, type BulkKind } from './bulk-dialog.tsx'
import { bulkMessages } from './messages.ts'

interface BulkBarProps {
  selection: Selection
  search: LeadsSearch
  /** Leads of the whole filter. */
  total: number
  /** False: there are at least `total`. */
  totalIsExact: boolean
  onSelection(selection: Selection): void
  /** Leads were changed. */
  onDone(): void
}

/** What can be done with the selected leads. */
export function BulkBar({ selection, search, total, totalIsExact, onSelection, onDone }: BulkBarProps) {
  const texts = useMessages(bulkMessages)
  const [kind, setKind] = useState<BulkKind>()
  return (
    <section className={styles.bulk} aria-label={texts.title}>
      <span role="status">{texts.selected(selection.count, !selection.isAll || totalIsExact)}</span>
      {!selection.isAll && selection.count < total && (
        <Button tone="quiet" onClick={() => onSelection(selectAll(total))}>
          {texts.selectAll(total, totalIsExact)}
        </Button>
      )}
      <Button tone="quiet" onClick={() => onSelection(NOTHING_SELECTED)}>
        {texts.selectNone}
      </Button>
      <span className={styles.tools}>
        {(['assign', 'status', 'campaign'] as const).map((one) => (
          <Button key={one} onClick={() => setKind(one)}>
            {texts.kinds[one]}
          </Button>
        ))}
      </span>
      {kind !== undefined && (
        <BulkDialog
          kind={kind}
          selection={selection}
          search={search}
          onClose={() => setKind(undefined)}
          onDone={onDone}
        />
      )}
    </section>
  )
}
