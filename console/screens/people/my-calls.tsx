import { CALL_DRAG_TYPE } from '../../app/phone-port.ts'
import { Clock } from '../../components/calls/clock.tsx'
import { callMessages } from '../../components/calls/messages.ts'
import { Icon } from '../../components/icon.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { peopleScreenMessages } from './messages.ts'
import styles from './people.module.css'
import type { OwnCall } from './use-own-calls.ts'

/** My calls as cards that are dragged onto a person. */
export function MyCalls({ calls }: { calls: readonly OwnCall[] }) {
  const texts = useMessages(peopleScreenMessages)
  const { states } = useMessages(callMessages)
  if (calls.length === 0) return null
  return (
    <section className={styles.calls} aria-label={texts.myCalls}>
      <ul className={styles.cards}>
        {calls.map(({ id, partner, state, since }) => (
          <li
            key={id}
            className={styles.card}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.setData(CALL_DRAG_TYPE, id)
              event.dataTransfer.effectAllowed = 'move'
            }}
          >
            <Icon name="phone" />
            <span className={styles.name}>{partner}</span>
            <span className={styles.extension}>{states[state]}</span>
            <Clock since={since} />
          </li>
        ))}
      </ul>
      <p className={styles.hint}>{texts.myCallsHint}</p>
    </section>
  )
}
