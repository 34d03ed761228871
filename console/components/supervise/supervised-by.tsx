import type { LiveCall } from '../../app/live/live-messages.ts'
import { useMessages } from '../../i18n/messages.ts'
import { Icon } from '../icon.tsx'
import { superviseMessages } from './messages.ts'
import styles from './supervise.module.css'

/** Who listens to a call, as far as I may know; announced when it changes. */
export function SupervisedBy({ call: { supervised_by = [] } }: { call: LiveCall }) {
  const texts = useMessages(superviseMessages)
  return (
    <div role="status">
      {supervised_by.map(({ id, name, mode, state }) => (
        <span key={id} className={styles.by}>
          <Icon name="eye" size={16} />
          {state === 'ringing' ? texts.rings(name) : texts.by[mode](name)}
        </span>
      ))}
    </div>
  )
}
