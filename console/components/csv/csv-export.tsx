import { useEffect, useRef, useState } from 'react'
import { formatNumber } from '../../i18n/format.ts'
import type { Language } from '../../i18n/language.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { Button } from '../button.tsx'
import { useErrorText } from '../error-text.ts'
import { Icon } from '../icon.tsx'
import { componentMessages } from '../messages.ts'
import { showToast } from '../toast.tsx'
import { collectCsv } from './collect-csv.ts'
import styles from './csv-export.module.css'
import { saveFile } from './save-file.ts'

interface CsvExportProps {
  /** Rows of the list, for the progress. */
  total: number
  /** Without the day and the ending. */
  fileName: string
  /** The file as the API sends it. */
  download(format: ExportFormat): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>
  texts: {
    exportCsv: string
    exporting(done: string, total: string): string
    exported(count: number): string
  }
}

export interface ExportFormat {
  /** The separator that spreadsheets of the language expect: theirs is the decimal comma. */
  delimiter: 'comma' | 'semicolon'
  signal: AbortSignal
}

const formatOf = (language: Language, signal: AbortSignal): ExportFormat => ({
  delimiter: language === 'en' ? 'comma' : 'semicolon',
  signal,
})

/** Exports a whole list as CSV, and shows how far it is. */
export function CsvExport({ total, fileName, download, texts }: CsvExportProps) {
  const { cancel } = useMessages(componentMessages)
  const language = useLanguage()
  const describeError = useErrorText()
  const [rows, setRows] = useState<number>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run() {
    const controller = new AbortController()
    running.current = controller
    setRows(0)
    try {
      const { file, rows } = await collectCsv(await download(formatOf(language, controller.signal)), setRows)
      saveFile(file, `${fileName}-${new Date().toISOString().slice(0, 10)}.csv`)
      showToast(texts.exported(rows))
    } catch (err) {
      if (!controller.signal.aborted) showToast(describeError(err), 'danger')
    } finally {
      setRows(undefined)
    }
  }

  if (rows === undefined) {
    return (
      <Button disabled={total === 0} onClick={() => void run()}>
        <Icon name="download" />
        {texts.exportCsv}
      </Button>
    )
  }
  const progress = texts.exporting(formatNumber(language, rows), formatNumber(language, total))
  return (
    <span className={styles.progress}>
      <progress max={Math.max(total, rows, 1)} value={rows} aria-label={texts.exportCsv} />
      <span>{progress}</span>
      <Button onClick={() => running.current?.abort()}>{cancel}</Button>
    </span>
  )
}
