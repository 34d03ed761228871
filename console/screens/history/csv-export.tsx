import { useEffect, useRef, useState } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { Icon } from '../../components/icon.tsx'
import { componentMessages } from '../../components/messages.ts'
import { showToast } from '../../components/toast.tsx'
import { formatNumber } from '../../i18n/format.ts'
import { useLanguage, useMessages } from '../../i18n/messages.ts'
import { exportCsv, saveFile } from './export-csv.ts'
import styles from './history.module.css'
import { historyMessages } from './messages.ts'
import type { HistorySearch } from './search.ts'

/** Exports all calls of the filter, and shows how far it is. */
export function CsvExport({ search, total }: { search: HistorySearch; total: number }) {
  const texts = useMessages(historyMessages)
  const { cancel } = useMessages(componentMessages)
  const language = useLanguage()
  const describeError = useErrorText()
  const { api } = useConsole()
  const [rows, setRows] = useState<number>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function run() {
    const controller = new AbortController()
    running.current = controller
    setRows(0)
    try {
      const { signal } = controller
      const { file, rows } = await exportCsv(api, search, { language, signal, onRows: setRows })
      saveFile(file, `calls-${new Date().toISOString().slice(0, 10)}.csv`)
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
