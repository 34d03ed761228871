import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useConsole } from '../../../app/console-context.ts'
import { componentMessages } from '../../../components/messages.ts'
import { EmptyState, Notice } from '../../../components/notice.tsx'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { ChooseFile } from './choose-file.tsx'
import type { ChosenFile } from './import-api.ts'
import { ImportsList } from './imports-list.tsx'
import { JobReport } from './job-report.tsx'
import { importMessages } from './messages.ts'
import { recogniseEncoding } from './read-file.ts'
import { ReadList } from './read-list.tsx'

/** As the server limits a list. */
const MAX_BYTES = 32 * 1_048_576

/** Imports lists of leads: choose, map, try, import, undo. */
export function ImportScreen() {
  const texts = useMessages(importMessages)
  const { noPermission } = useMessages(componentMessages)
  const { claims } = useConsole()
  return (
    <>
      <Link to="/leads">{texts.allLeads}</Link>
      <h1>{texts.title}</h1>
      {claims.role === 'user' ? <EmptyState title={noPermission} /> : <Wizard />}
    </>
  )
}

function Wizard() {
  const texts = useMessages(importMessages)
  const language = useLanguage()
  const [list, setList] = useState<{ chosen: ChosenFile; bytes: Uint8Array }>()
  const [job, setJob] = useState<{ id: number; isDryRun: boolean }>()
  const [error, setError] = useState<string>()

  async function choose(file: File) {
    setError(undefined)
    if (file.size > MAX_BYTES) return setError(texts.tooLarge)
    try {
      const bytes = new Uint8Array(await file.arrayBuffer())
      const encoding = recogniseEncoding(bytes, language)
      setList({ chosen: { file, encoding, delimiter: undefined }, bytes })
    } catch {
      setError(texts.unreadable)
    }
  }
  return (
    <>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      {list === undefined && job === undefined && <ChooseFile onFile={(file) => void choose(file)} />}
      {list !== undefined && (
        // After a dry run its choices are still there.
        <div hidden={job !== undefined}>
          <ReadList
            chosen={list.chosen}
            bytes={list.bytes}
            onChosen={(chosen) => setList({ ...list, chosen })}
            onStarted={(id, isDryRun) => setJob({ id, isDryRun })}
            onCancel={() => setList(undefined)}
          />
        </div>
      )}
      {job !== undefined && (
        <JobReport
          key={job.id}
          id={job.id}
          onClose={() => {
            if (!job.isDryRun) setList(undefined)
            setJob(undefined)
          }}
        />
      )}
      {job === undefined && <ImportsList onOpen={(id) => setJob({ id, isDryRun: false })} />}
    </>
  )
}
