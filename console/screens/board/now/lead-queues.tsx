import type { Wire } from '../../../api/client.ts'
import { percent } from '../../../components/board/measures.tsx'
import { Clock } from '../../../components/calls/clock.tsx'
import { EmptyState } from '../../../components/notice.tsx'
import { toLocalTime } from '../../../components/server-clock.ts'
import { formatNumber } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../board.module.css'
import { boardMessages } from '../messages.ts'

/** Leads of campaigns that wait, and the calls of today. */
export function LeadQueues({ campaigns, offsetMs }: Pick<Wire<'Board'>, 'campaigns'> & { offsetMs: number }) {
  const texts = useMessages(boardMessages)
  const language = useLanguage()
  if (campaigns.length === 0) return <EmptyState title={texts.noCampaigns} />
  const { columns } = texts
  return (
    <div className={styles.scroller}>
      <table className={styles.table}>
        <caption className="visually-hidden">{texts.leads}</caption>
        <thead>
          <tr>
            {[
              ...[columns.campaign, columns.state, columns.waiting, columns.due, columns.oldest],
              ...[columns.callsToday, columns.rate],
            ].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {campaigns.map(({ id, name, status, automation, waiting_leads, due_leads, due_since, today }) => (
            <tr key={id}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>{status === 'paused' ? texts.paused : automation ? texts.dials : texts.byHand}</td>
              <td>{formatNumber(language, waiting_leads)}</td>
              <td>{formatNumber(language, due_leads)}</td>
              <td>{due_since === null ? '–' : <Clock since={toLocalTime(due_since, offsetMs)} />}</td>
              <td>{formatNumber(language, today.calls)}</td>
              <td>{today.answer_rate === null ? '–' : percent(language, today.answer_rate)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
