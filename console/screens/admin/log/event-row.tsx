import type { Wire } from '../../../api/client.ts'
import { formatFullTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../admin.module.css'
import { Facts } from '../facts.tsx'
import { logMessages } from './messages.ts'

/** One event in words. */
export function EventRow({ event }: { event: Wire<'SecurityEvent'> }) {
  const texts = useMessages(logMessages)
  const language = useLanguage()
  const words = (texts.events as Record<string, string>)[event.event] ?? event.event
  const { target, ...rest } = event.detail
  const details = Object.entries(rest).map(
    ([name, value]) =>
      [texts.details[name] ?? name, name === 'reason' ? (texts.reasons[value] ?? value) : value] as const,
  )
  return (
    <div className={styles.main}>
      <p className={styles.name}>
        {words}
        <time className={styles.soft} dateTime={event.at}>
          {formatFullTime(language, event.at)}
        </time>
      </p>
      <Facts
        facts={[
          [texts.fields.about, event.username ?? target ?? (event.user_id === null ? null : texts.deleted)],
          [texts.fields.by, actorOf(event, texts)],
          [texts.fields.address, event.address],
          ...details,
          [texts.fields.session, event.session_id],
        ]}
      />
    </div>
  )
}

function actorOf(
  { actor_id, actor_username }: Wire<'SecurityEvent'>,
  { commandLine, deleted }: { commandLine: string; deleted: string },
): string | null {
  if (actor_id === 'cli') return commandLine
  return actor_username ?? (actor_id === null ? null : deleted)
}
