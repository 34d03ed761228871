import { callMessages } from '../../components/calls/messages.ts'
import { formatDuration, formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './desk.module.css'
import { deskMessages } from './messages.ts'
import type { Lead } from './wire.ts'

/** What was written and called before. */
export function LeadPast({ lead }: { lead: Lead }) {
  const { lead: texts } = useMessages(deskMessages)
  const { outcomes } = useMessages(callMessages)
  const language = useLanguage()
  return (
    <section className={`${styles.panel} ${styles.last}`}>
      <h3>{texts.earlierNotes}</h3>
      {lead.notes.length === 0 && <p className={styles.soft}>{texts.noNotes}</p>}
      <ul className={styles.past}>
        {lead.notes.map(({ id, text, agent_name, created_at }) => (
          <li key={id}>
            <p className={styles.soft}>
              {formatTime(language, created_at)} · {agent_name ?? texts.unknownAgent}
            </p>
            <p className={styles.text}>{text}</p>
          </li>
        ))}
      </ul>
      <h3>{texts.lastCalls}</h3>
      {lead.last_calls.length === 0 && <p className={styles.soft}>{texts.noCalls}</p>}
      <ul className={styles.past}>
        {lead.last_calls.map(({ id, started_at, agent_name, outcome, disposition, talked }) => (
          <li key={id}>
            <p className={styles.soft}>
              {formatTime(language, started_at)} · {agent_name ?? texts.unknownAgent}
            </p>
            <p>
              {[disposition, outcome && outcomes[outcome], talked ? formatDuration(talked) : null]
                .filter(Boolean)
                .join(' · ')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
