import { useState } from 'react'
import { dataOf } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { Button } from '../../../components/button.tsx'
import { useErrorText } from '../../../components/error-text.ts'
import { Icon } from '../../../components/icon.tsx'
import { showToast } from '../../../components/toast.tsx'
import { useLanguage, useMessages } from '../../../i18n/messages.ts'
import { boardMessages } from '../messages.ts'
import type { BoardSearch } from '../search.ts'
import { toFiguresQuery } from './use-figures.ts'

/** Saves the figures as a table. */
export function FiguresCsv({ search }: { search: BoardSearch }) {
  const texts = useMessages(boardMessages)
  const describeError = useErrorText()
  const language = useLanguage()
  const { api } = useConsole()
  const [isBusy, setBusy] = useState(false)

  async function save() {
    setBusy(true)
    try {
      const query = toFiguresQuery(search)
      // The separator that spreadsheets of the language expect: theirs is the decimal comma.
      const delimiter = language === 'en' ? 'comma' : 'semicolon'
      const file: Blob = await dataOf(
        api.GET('/api/v1/figures.csv', { params: { query: { ...query, delimiter } }, parseAs: 'blob' }),
      )
      const link = document.createElement('a')
      link.href = URL.createObjectURL(file)
      link.download = `calls-by-${query.group}-${query.from}-${query.to}.csv`
      link.click()
      URL.revokeObjectURL(link.href)
    } catch (err) {
      showToast(describeError(err), 'danger')
    } finally {
      setBusy(false)
    }
  }

  return (
    <Button disabled={isBusy} onClick={() => void save()}>
      <Icon name="download" />
      {texts.exportCsv}
    </Button>
  )
}
