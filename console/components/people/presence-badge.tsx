import { useConsole, useSelected } from '../../app/console-context.ts'
import { useMessages } from '../../i18n/messages.ts'
import { classNames } from '../button.tsx'
import { peopleMessages } from './messages.ts'
import styles from './presence-badge.module.css'
import { partnerOf, presenceTone, presenceWords } from './presence-words.ts'

/** The presence of one extension, in words with a mark. Draws only itself again when it changes. */
export function PresenceBadge({ extension }: { extension: string }) {
  const { live } = useConsole()
  const texts = useMessages(peopleMessages)
  const presence = useSelected(live.presence, (all) => all?.[extension])
  const partner = partnerOf(presence)
  const partnerName = useSelected(live.presence, (all) =>
    partner === undefined ? undefined : all?.[partner]?.name,
  )
  return (
    <span className={styles.badge}>
      <span className={classNames(styles.mark, styles[presenceTone(presence)])} aria-hidden="true" />
      {presenceWords(texts, presence, partnerName)}
    </span>
  )
}
