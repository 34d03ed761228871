import { Loaded } from '../../components/loaded.tsx'
import { Section } from '../../components/section.tsx'
import { formatFullTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { formatAge } from './format-age.ts'
import { systemMessages } from './messages.ts'
import { useKeys } from './queries.ts'
import styles from './system.module.css'

/** The keys that sign and verify tokens, without secrets. */
export function KeyTable() {
  const { keys: texts } = useMessages(systemMessages)
  const language = useLanguage()
  return (
    <Section title={texts.title}>
      <p className={styles.soft}>{texts.what}</p>
      <Loaded query={useKeys()}>
        {({ keys }) => (
          <ul className={styles.keys}>
            {keys.map((key) => (
              <li key={key.id} className={styles.card}>
                <dl className={styles.facts}>
                  <dt>{texts.id}</dt>
                  <dd>{key.id}</dd>
                  <dt>{texts.algorithm}</dt>
                  <dd>{key.algorithm}</dd>
                  <dt>{texts.age}</dt>
                  <dd title={formatFullTime(language, key.created_at)}>
                    {formatAge(language, Date.now() - Date.parse(key.created_at))}
                  </dd>
                  <dt>{texts.state}</dt>
                  <dd>{texts.states[key.state]}</dd>
                </dl>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Section>
  )
}
