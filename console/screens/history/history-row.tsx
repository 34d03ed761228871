import { memo } from 'react'
import { classNames, IconButton } from '../../components/button.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { Icon } from '../../components/icon.tsx'
import { formatDuration, formatFullTime, formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './history.module.css'
import { historyMessages } from './messages.ts'
import { labelOf, type PastCall, sidesOf, type Viewer } from './parties.ts'

export interface RowActions {
  open(call: PastCall): void
  callBack(party: PastCall['from']): void
  activate(index: number): void
}

interface RowProps {
  index: number
  /** Undefined while its page is loading. */
  call: PastCall | undefined
  top: number
  /** The row that Tab reaches. */
  isActive: boolean
  isNew: boolean
  viewer: Viewer
  canDial: boolean
  actions: RowActions
}

export const HistoryRow = memo(function HistoryRow({ index, call, top, ...rest }: RowProps) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: its cells have the buttons
    // biome-ignore lint/a11y/useSemanticElements: a table does not allow for rows that come and go
    <div role="row" aria-rowindex={index + 2} data-index={index} className={styles.row} style={{ top }}>
      {call === undefined ? <LoadingCells /> : <Cells index={index} call={call} {...rest} />}
    </div>
  )
})

const LoadingCells = () => (
  // biome-ignore lint/a11y/useSemanticElements: as above
  // biome-ignore lint/a11y/useFocusableInteractive: nothing can be done with it yet
  <span role="gridcell" aria-busy="true" className={styles.loading} />
)

type CellsProps = Omit<RowProps, 'call' | 'top'> & { call: PastCall }

function Cells({ index, call, isActive, isNew, viewer, canDial, actions }: CellsProps) {
  const language = useLanguage()
  const texts = useMessages(historyMessages)
  const words = useMessages(callMessages)
  const { other, kind, callBack } = sidesOf(call, viewer)
  const name =
    other === undefined
      ? texts.between(labelOf(call.from, words.unknownCaller), labelOf(call.to, words.unknownCaller))
      : labelOf(other, words.unknownCaller)
  /** Beside the name. */
  const number = other === undefined || other.name === '' ? '' : other.number
  const callBackName = labelOf(callBack, words.unknownCaller)
  const tabIndex = isActive ? 0 : -1
  return (
    <>
      <Cell className={styles.who}>
        <span className={classNames(styles.kind, kind === 'missed' && styles.missed)}>
          <Icon name={kind === 'others' ? 'swap' : kind} />
        </span>
        <button
          type="button"
          className={styles.open}
          aria-label={texts.details(number === '' ? name : `${name} ${number}`)}
          data-open={index}
          tabIndex={tabIndex}
          onFocus={() => actions.activate(index)}
          onClick={() => actions.open(call)}
        >
          <span className={styles.name}>{name}</span>
          {number !== '' && <span className={styles.soft}>{number}</span>}
        </button>
      </Cell>
      <Cell className={styles.outcome}>
        <span className={classNames(kind === 'missed' && styles.missed)}>
          {kind === 'missed' ? texts.missed : words.outcomes[call.outcome]}
        </span>
        {isNew && <span className={styles.new}>{texts.newlyMissed}</span>}
        {call.recorded && (
          <span className={styles.recorded} title={texts.recorded}>
            <Icon name="play" size={14} />
            <span className="visually-hidden">{texts.recorded}</span>
          </span>
        )}
      </Cell>
      <Cell className={styles.time}>
        <time dateTime={call.started_at} title={formatFullTime(language, call.started_at)}>
          {formatTime(language, call.started_at)}
        </time>
      </Cell>
      <Cell className={styles.duration}>
        {call.answered_at === null ? '–' : formatDuration(call.billable)}
      </Cell>
      <Cell className={styles.actions}>
        {canDial && callBack.number !== '' && callBack.number !== viewer.extension && (
          <IconButton
            label={texts.callBack(callBackName)}
            tabIndex={tabIndex}
            onClick={() => actions.callBack(callBack)}
          >
            <Icon name="phone" />
          </IconButton>
        )}
      </Cell>
    </>
  )
}

const Cell = ({ className, children }: { className: string | undefined; children: React.ReactNode }) => (
  // biome-ignore lint/a11y/useSemanticElements: as above
  // biome-ignore lint/a11y/useFocusableInteractive: the buttons in it take the focus
  <span role="gridcell" className={className}>
    {children}
  </span>
)
