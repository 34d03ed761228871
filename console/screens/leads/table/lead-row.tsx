import { memo, type ReactNode } from 'react'
import { IconButton } from '../../../components/button.tsx'
import { Icon } from '../../../components/icon.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import type { ListedLead } from '../listed-lead.ts'
import { leadsMessages } from '../messages.ts'

export interface RowActions {
  open(id: number): void
  activate(index: number): void
  toggle(id: number): void
  edit(index: number): void
}

interface RowProps {
  index: number
  /** Undefined while its page is loading. */
  lead: ListedLead | undefined
  top: number
  /** The row that Tab reaches. */
  isActive: boolean
  isSelectable: boolean
  isSelected: boolean
  agent: string
  campaign: string
  actions: RowActions
}

export const LeadRow = memo(function LeadRow({ index, lead, top, isSelected, ...rest }: RowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its cells have the buttons
    // biome-ignore lint/a11y/useSemanticElements: a table does not allow for rows that come and go
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={rest.isSelectable ? isSelected : undefined}
      data-index={index}
      className={styles.row}
      style={{ top }}
    >
      {lead === undefined ? (
        <Cell className={styles.loading} isBusy />
      ) : (
        <Cells index={index} lead={lead} isSelected={isSelected} {...rest} />
      )}
    </div>
  )
})

type CellsProps = Omit<RowProps, 'lead' | 'top'> & { lead: ListedLead }

function Cells({ index, lead, isActive, isSelectable, isSelected, agent, campaign, actions }: CellsProps) {
  const language = useLanguage()
  const texts = useMessages(leadsMessages)
  const tabIndex = isActive ? 0 : -1
  return (
    <>
      {isSelectable && (
        <Cell className={styles.check}>
          <input
            type="checkbox"
            checked={isSelected}
            aria-label={texts.select(lead.name)}
            tabIndex={tabIndex}
            onChange={() => actions.toggle(lead.id)}
          />
        </Cell>
      )}
      <Cell className={styles.who}>
        <a
          href={`/console/leads/${lead.id}`}
          className={styles.open}
          data-open={index}
          tabIndex={tabIndex}
          onFocus={() => actions.activate(index)}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            actions.open(lead.id)
          }}
        >
          <bdi className={styles.name}>{lead.name}</bdi>
          {lead.company !== null && <bdi className={styles.soft}>{lead.company}</bdi>}
        </a>
      </Cell>
      <Cell className={styles.phone}>{lead.phone}</Cell>
      <Cell className={styles.status}>
        <span className={styles.badge} data-status={lead.status}>
          {texts.statuses[lead.status]}
        </span>
      </Cell>
      <Cell className={styles.agent}>{agent}</Cell>
      <Cell className={styles.campaign}>{campaign}</Cell>
      <Cell className={styles.time}>
        <time dateTime={lead.updated_at}>{formatTime(language, lead.updated_at)}</time>
      </Cell>
      <Cell className={styles.actions}>
        <IconButton label={texts.edit(lead.name)} tabIndex={tabIndex} onClick={() => actions.edit(index)}>
          <Icon name="edit" />
        </IconButton>
      </Cell>
    </>
  )
}

const Cell = ({
  className,
  isBusy,
  children,
}: {
  className: string | undefined
  isBusy?: boolean
  children?: ReactNode
}) => (
  // biome-ignore lint/a11y/useSemanticElements: as above
  // biome-ignore lint/a11y/useFocusableInteractive: the buttons in it take the focus
  <span role="gridcell" className={className} aria-busy={isBusy}>
    {children}
  </span>
)
