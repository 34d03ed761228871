import { type ReactNode, type RefObject, useId } from 'react'
import { useNowS } from '../../components/calls/clock.tsx'
import { isZone, ownZone } from '../../components/zone-time.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import styles from './desk.module.css'
import { deskMessages } from './messages.ts'
import type { Lead } from './wire.ts'
import { formatInZone } from './zone-words.ts'

interface LeadCardProps {
  lead: Lead
  title: RefObject<HTMLHeadingElement | null>
  /** The state of the call. */
  children: ReactNode
}

/** Who the call is with. */
export function LeadCard({ lead, title, children }: LeadCardProps) {
  const { lead: texts } = useMessages(deskMessages)
  const language = useLanguage()
  const id = useId()
  const facts: [string, ReactNode][] = [
    [texts.phone, lead.phone],
    [texts.company, lead.company],
    [texts.position, lead.title],
    [texts.email, lead.email],
    [texts.status, texts.statuses[lead.status]],
    [texts.localTime, <LocalTime key="time" zone={lead.time_zone} />],
    [texts.attempts, lead.attempts],
    [texts.callback, lead.callback && formatInZone(language, lead.callback.at, ownZone())],
    [texts.remarks, lead.remarks],
  ]
  return (
    <section className={`${styles.panel} ${styles.lead}`} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} ref={title} tabIndex={-1} className={styles.name} data-lead={lead.id}>
          {lead.name}
        </h2>
        {children}
      </div>
      <dl className={styles.facts}>
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}

function LocalTime({ zone }: { zone: string }) {
  const language = useLanguage()
  const nowS = useNowS()
  if (!isZone(zone)) return zone
  const time = new Intl.DateTimeFormat(language, {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  return `${time.format(nowS * 1_000)} · ${zone}`
}
