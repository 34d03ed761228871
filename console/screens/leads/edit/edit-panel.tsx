import styles from '../leads.module.css'
import type { ListedLead } from '../listed-lead.ts'
import { draftOfListed } from './draft.ts'
import { LeadForm } from './lead-form.tsx'

interface EditPanelProps {
  lead: ListedLead
  /** Where its row is, in pixels. */
  top: number
  onClose(): void
}

/** The form of a lead in place of its row. */
export function EditPanel({ lead, top, onClose }: EditPanelProps) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes it from each of its fields
    <div
      className={styles.panel}
      style={{ top }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <LeadForm
        id={lead.id}
        version={lead.version}
        base={draftOfListed(lead)}
        onSaved={onClose}
        onClose={onClose}
      />
    </div>
  )
}
