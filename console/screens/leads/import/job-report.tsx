import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { dataOf, type Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { ConfirmDialog } from '../../../components/dialog.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Loaded } from '../../../components/loaded.tsx'
import { Notice } from '../../../components/notice.tsx'
import { Section } from '../../../components/section.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import styles from '../leads.module.css'
import { ROWS_KEY } from '../use-leads.ts'
import importStyles from './import.module.css'
import { isUnderWay, nextPoll } from './job-poll.ts'
import { importMessages } from './messages.ts'

type Job = Wire<'LeadImportDetail'>

/** Rows of a report that are drawn. */
const MAX_SHOWN = 1_000

/** How far an import is, what it refused, and its undo. */
export function JobReport({ id, onClose }: { id: number; onClose(): void }) {
  const texts = useMessages(importMessages)
  const { api } = useConsole()
  const queries = useQueryClient()
  const query = useQuery({
    queryKey: ['lead-import', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/lead-imports/{id}', { params: { path: { id: String(id) } }, signal })),
    refetchInterval: ({ state: { data, error } }) => nextPoll(data, error),
  })
  const isDone = query.data !== undefined && !isUnderWay(query.data)
  // What is shown elsewhere is from before.
  useEffect(() => {
    if (!isDone) return
    void queries.resetQueries({ queryKey: [ROWS_KEY] })
    void queries.invalidateQueries({ queryKey: ['lead-imports'] })
  }, [isDone, queries])
  return (
    <Loaded query={query}>
      {(job) => (
        <Section title={(job.dry_run ? texts.dryRunOf : texts.importOf)(job.file_name ?? `#${job.id}`)}>
          <Progress job={job} />
          <Counts job={job} />
          <Report title={texts.badRows(job.refused)} rows={job.bad_rows} />
          <Report title={texts.oddCells} rows={job.odd_cells} />
          <LeftLeads job={job} />
          <div className={styles.buttons}>
            <Button onClick={onClose}>{job.dry_run ? texts.back : texts.another}</Button>
            <UndoButton job={job} onStarted={() => void query.refetch()} />
          </div>
        </Section>
      )}
    </Loaded>
  )
}

function Progress({ job: { state, total_rows, done_rows, added, updated, undo } }: { job: Job }) {
  const texts = useMessages(importMessages)
  if (undo.state === 'running') {
    const done = undo.removed + undo.restored + undo.left
    return (
      <>
        <progress
          className={importStyles.wide}
          max={Math.max(1, added + updated)}
          value={done}
          aria-label={texts.undo}
        />
        <p role="status">{texts.undoing}</p>
      </>
    )
  }
  if (state === 'failed') return <Notice tone="danger">{texts.failed(done_rows)}</Notice>
  if (state === 'done') return null
  return (
    <>
      <progress
        className={importStyles.wide}
        max={total_rows}
        value={done_rows}
        aria-label={texts.progress}
      />
      <p role="status">{texts.rowsOf(done_rows, total_rows)}</p>
    </>
  )
}

function Counts({ job: { dry_run, state, added, updated, skipped, refused, undo } }: { job: Job }) {
  const texts = useMessages(importMessages)
  return (
    <>
      <p role={state === 'running' ? undefined : 'status'}>
        {(dry_run ? texts.wouldBe : texts.counts)(added, updated, skipped, refused)}
      </p>
      {(undo.state === 'done' || undo.state === 'running') && (
        <p role={undo.state === 'done' ? 'status' : undefined}>
          {texts.undone(undo.removed, undo.restored, undo.left)}
        </p>
      )}
    </>
  )
}

function Report({ title, rows }: { title: string; rows: Job['bad_rows'] }) {
  const texts = useMessages(importMessages)
  if (rows.length === 0) return null
  return (
    <details>
      <summary>{title}</summary>
      <ul>
        {rows.slice(0, MAX_SHOWN).map(({ line, column, reason }) => (
          <li key={`${line} ${column} ${reason}`} className={styles.item}>
            {texts.badRow(line, column, reason)}
          </li>
        ))}
      </ul>
      {rows.length === MAX_SHOWN && <p className={styles.soft}>{texts.firstRows(MAX_SHOWN)}</p>}
    </details>
  )
}

function LeftLeads({ job: { left_leads } }: { job: Job }) {
  const texts = useMessages(importMessages)
  if (left_leads.length === 0) return null
  return (
    <details>
      <summary>{texts.leftLeads}</summary>
      <ul>
        {left_leads.map(({ id, name, reason }) => (
          <li key={id} className={styles.item}>
            {texts.leftLead(name ?? `#${id}`, texts.leftReasons[reason])}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** Undoes the import after a question. */
export function UndoButton({
  job: { id, state, added, updated, undo },
  onStarted,
}: {
  job: Wire<'LeadImport'>
  onStarted(): void
}) {
  const texts = useMessages(importMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const [isAsking, setAsking] = useState(false)
  if (state === 'running' || undo.state !== 'possible' || added + updated === 0) return null
  return (
    <>
      <Button tone="danger" onClick={() => setAsking(true)}>
        {texts.undo}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={texts.undoTitle}
          action={texts.undo}
          describeError={describeError}
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await dataOf(api.POST('/api/v1/lead-imports/{id}/undo', { params: { path: { id: String(id) } } }))
            onStarted()
          }}
        >
          <p>{texts.undoHint(added, updated)}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
