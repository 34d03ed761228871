import type { Wire } from '../../api/client.ts'
import { Loaded } from '../../components/loaded.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/section.tsx'
import { formatFullTime, formatTime } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { ComponentCard } from './component-card.tsx'
import { CopyReport } from './copy-report.tsx'
import { systemMessages } from './messages.ts'
import { useSystem } from './queries.ts'
import styles from './system.module.css'

/** Whether each part works, with version and start, as of some seconds ago. */
export function Health() {
  const texts = useMessages(systemMessages)
  const language = useLanguage()
  const query = useSystem()
  const time = formatFullTime(language, query.dataUpdatedAt)
  return (
    <Section title={texts.health}>
      <Loaded query={query}>
        {(system) => (
          <>
            {query.isError ? (
              <Notice tone="warning">{texts.refreshFailed(time)}</Notice>
            ) : (
              <p className={styles.soft}>{texts.refreshed(time)}</p>
            )}
            <ul className={styles.cards}>
              {[...system.components].sort(worstFirst).map((component) => (
                <ComponentCard key={component.name} component={component} />
              ))}
            </ul>
            <dl className={styles.facts}>
              <dt>{texts.version}</dt>
              <dd>{system.version}</dd>
              <dt>{texts.startedAt}</dt>
              <dd>{formatTime(language, system.started_at)}</dd>
            </dl>
            <CopyReport system={system} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

type Component = Wire<'System'>['components'][number]
const RANKS = { down: 0, degraded: 1, ok: 2 } as const
const worstFirst = (a: Component, b: Component) => RANKS[a.state] - RANKS[b.state]
