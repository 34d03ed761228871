import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { Loaded } from '../../../components/loaded.tsx'
import { Section } from '../../../components/section.tsx'
import { formatTime } from '../../../i18n/format.ts'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import { importMessages } from './messages.ts'

const SHOWN = 20

/** The latest imports; each can be opened. */
export function ImportsList({ onOpen }: { onOpen(id: number): void }) {
  const language = useLanguage()
  const texts = useMessages(importMessages)
  const { api } = useConsole()
  const query = useQuery({
    queryKey: ['lead-imports'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/lead-imports', { params: { query: { limit: SHOWN } }, signal })),
  })
  return (
    <Section title={texts.earlier}>
      <Loaded query={query}>
        {({ imports }) =>
          imports.length === 0 ? (
            <p className={styles.soft}>{texts.noImports}</p>
          ) : (
            <ul>
              {imports.map((job) => {
                const name = job.file_name ?? `#${job.id}`
                return (
                  <li key={job.id} className={styles.item}>
                    <span className={styles.head}>
                      <strong>{name}</strong>
                      <time dateTime={job.created_at}>{formatTime(language, job.created_at)}</time>
                      <span className={styles.soft}>
                        {job.dry_run ? texts.dryRun : texts.undoStates[job.undo.state]}
                      </span>
                      <Button aria-label={texts.openImport(name)} onClick={() => onOpen(job.id)}>
                        {texts.open}
                      </Button>
                    </span>
                    {(job.dry_run ? texts.wouldBe : texts.counts)(
                      job.added,
                      job.updated,
                      job.skipped,
                      job.refused,
                    )}
                  </li>
                )
              })}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}
