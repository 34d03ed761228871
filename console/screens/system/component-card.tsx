import type { Wire } from '../../api/client.ts'
import { formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { systemMessages } from './messages.ts'
import styles from './system.module.css'

/** One part of the installation: its state by word and colour, since when, and what to do. */
export function ComponentCard({
  component: { name, state, detail, since },
}: {
  component: Wire<'System'>['components'][number]
}) {
  const texts = useMessages(systemMessages)
  const language = useLanguage()
  const explanation = texts.explain(name, state)
  return (
    <li className={styles.card} data-state={state}>
      <p className={styles.head}>
        <strong>{texts.components[name].name}</strong>
        <span className={styles.state}>{texts.states[state]}</span>
      </p>
      <p className={styles.soft}>{texts.components[name].purpose}</p>
      {explanation === undefined ? (
        <p lang="en">{detail}</p>
      ) : (
        <>
          <p>{explanation}</p>
          <details>
            <summary>{texts.serverWords}</summary>
            <p lang="en">{detail}</p>
          </details>
        </>
      )}
      {since !== undefined && <p className={styles.soft}>{texts.since(formatTime(language, since))}</p>}
    </li>
  )
}
