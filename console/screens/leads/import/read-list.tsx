import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { componentMessages } from '../../../components/messages.ts'
import { Notice } from '../../../components/notice.tsx'
import { Section } from '../../../components/section.tsx'
import { useMessages } from '../../../i18n/messages.ts'
import { ChoiceField, toOptions } from '../choice-field.tsx'
import { useLeadChoices } from '../lead-choices.ts'
import styles from '../leads.module.css'
import { leadsMessages } from '../messages.ts'
import {
  type ChosenFile,
  DELIMITERS,
  type ImportOptions,
  type Member,
  mappingProblem,
  type Preview,
  previewList,
  startImport,
} from './import-api.ts'
import { MapColumns } from './map-columns.tsx'
import { importMessages } from './messages.ts'
import { decodeBeginning, ENCODINGS, hasBrokenText } from './read-file.ts'

interface ReadListProps {
  chosen: ChosenFile
  bytes: Uint8Array
  onChosen(chosen: ChosenFile): void
  /** A dry run or an import has begun. */
  onStarted(id: number, isDryRun: boolean): void
  onCancel(): void
}

/** How the list is read: encoding, separator, columns and rows that exist already. */
export function ReadList(props: ReadListProps) {
  const { chosen, bytes, onChosen, onCancel } = props
  const texts = useMessages(importMessages)
  const common = useMessages(componentMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const text = decodeBeginning(bytes, chosen.encoding)
  const preview = useQuery({
    queryKey: ['lead-preview', chosen.file.name, chosen.encoding, chosen.delimiter, text],
    queryFn: ({ signal }) => previewList(api, text, chosen.delimiter, signal),
    retry: false,
    gcTime: 0,
  })
  return (
    <Section title={texts.list(chosen.file.name)}>
      <div className={styles.more}>
        <ChoiceField
          label={texts.encoding}
          value={chosen.encoding}
          options={ENCODINGS.map((one) => [one, texts.encodings[one]])}
          onValue={(next) => {
            const encoding = ENCODINGS.find((one) => one === next)
            if (encoding !== undefined) onChosen({ ...chosen, encoding })
          }}
        />
        <ChoiceField
          label={texts.delimiter}
          value={chosen.delimiter ?? preview.data?.delimiter}
          options={DELIMITERS.map((one) => [one, texts.delimiters[one]])}
          onValue={(next) => onChosen({ ...chosen, delimiter: DELIMITERS.find((one) => one === next) })}
        />
      </div>
      {hasBrokenText(text) && <Notice tone="warning">{texts.brokenText}</Notice>}
      {preview.error !== null && <Notice tone="danger">{describeError(preview.error)}</Notice>}
      {preview.isPending && <p>{common.loading}</p>}
      {preview.data !== undefined && (
        <Options key={JSON.stringify(preview.data.columns)} preview={preview.data} {...props} />
      )}
      {preview.data === undefined && (
        <div className={styles.buttons}>
          <Button onClick={onCancel}>{common.cancel}</Button>
        </div>
      )}
    </Section>
  )
}

function Options({ chosen, preview, onStarted, onCancel }: ReadListProps & { preview: Preview }) {
  const texts = useMessages(importMessages)
  const words = useMessages(leadsMessages)
  const { cancel } = useMessages(componentMessages)
  const describeError = useErrorText()
  const { api } = useConsole()
  const { agents, campaigns } = useLeadChoices()
  const [options, setOptions] = useState<ImportOptions>(() => ({
    columns: preview.columns.map(({ member }): Member | null => member),
    duplicates: 'skip',
    campaign: '',
    agent: '',
  }))
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const problem = mappingProblem(options.columns)
  async function start(isDryRun: boolean) {
    setBusy(true)
    setError(undefined)
    try {
      const { id } = await startImport(api, chosen, preview.delimiter, options, isDryRun)
      onStarted(id, isDryRun)
    } catch (err) {
      setError(describeError(err))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <p>{texts.mapHint}</p>
      <MapColumns
        preview={preview}
        columns={options.columns}
        onColumns={(columns) => setOptions({ ...options, columns })}
      />
      {problem !== undefined && <Notice tone="warning">{texts.problems[problem]}</Notice>}
      <div className={styles.more}>
        <ChoiceField
          label={texts.duplicates}
          value={options.duplicates}
          options={(['skip', 'update', 'add'] as const).map((one) => [one, texts.duplicateActions[one]])}
          onValue={(next) =>
            setOptions({ ...options, duplicates: next === 'update' || next === 'add' ? next : 'skip' })
          }
        />
        <ChoiceField
          label={texts.campaignFor}
          value={options.campaign}
          empty={words.none}
          options={toOptions(campaigns)}
          onValue={(campaign) => setOptions({ ...options, campaign })}
        />
        <ChoiceField
          label={texts.agentFor}
          value={options.agent}
          empty={words.unassigned}
          options={toOptions(agents)}
          onValue={(agent) => setOptions({ ...options, agent })}
        />
      </div>
      {error !== undefined && <Notice tone="danger">{error}</Notice>}
      <div className={styles.buttons}>
        <Button onClick={onCancel}>{cancel}</Button>
        <Button disabled={problem !== undefined || isBusy} onClick={() => void start(true)}>
          {texts.dryRun}
        </Button>
        <Button tone="primary" disabled={problem !== undefined || isBusy} onClick={() => void start(false)}>
          {texts.importNow}
        </Button>
      </div>
    </>
  )
}
