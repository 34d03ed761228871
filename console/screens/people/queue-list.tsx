import { IconButton } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { type Contact, isDialable } from '../../components/people/directory.ts'
import { PresenceBadge } from '../../components/people/presence-badge.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { peopleScreenMessages } from './messages.ts'
import styles from './people.module.css'

/** Queues of the PBX, apart from the people. */
export function QueueList({
  queues,
  canDial,
  onCall,
}: {
  queues: readonly Contact[]
  canDial: boolean
  onCall(queue: Contact): void
}) {
  const texts = useMessages(peopleScreenMessages)
  if (queues.length === 0) return null
  return (
    <section className={styles.queues}>
      <h2>{texts.queues}</h2>
      <ul className={styles.cards}>
        {queues.map((queue) => (
          <li key={queue.extension} className={styles.card}>
            <Icon name="people" />
            <span className={styles.name}>{queue.name}</span>
            {queue.name !== queue.extension && <span className={styles.extension}>{queue.extension}</span>}
            <PresenceBadge extension={queue.extension} />
            {canDial && isDialable(queue.extension) && (
              <IconButton label={texts.callPerson(queue.name)} onClick={() => onCall(queue)}>
                <Icon name="phone" />
              </IconButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
