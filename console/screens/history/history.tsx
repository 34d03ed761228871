import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { Button } from '../../components/button.tsx'
import { useCallStored } from '../../components/calls/use-call-stored.ts'
import { CsvExport } from '../../components/csv/csv-export.tsx'
import { NotLoaded } from '../../components/loaded.tsx'
import { EmptyState, Notice } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import { CallDetails } from './call-details.tsx'
import styles from './history.module.css'
import { HistoryFilters } from './history-filters.tsx'
import { HistoryList } from './history-list.tsx'
import { historyMessages } from './messages.ts'
import type { PastCall } from './parties.ts'
import { type HistorySearch, readHistorySearch, showsAllMissed, toHistoryQuery } from './search.ts'
import { useHistory } from './use-history.ts'
import { useMissedMark } from './use-missed.ts'

/** Past calls, by the filters of the address. */
export function HistoryScreen() {
  const { api } = useConsole()
  const title = useMessages(appMessages).screens.history
  const texts = useMessages(historyMessages)
  const search = useSearch({ from: '/history' })
  const navigate = useNavigate({ from: '/history' })
  const history = useHistory(search)
  const isNew = useMissedMark(showsAllMissed(search) && history.isSuccess ? history.calls : undefined)
  const [opened, setOpened] = useState<PastCall>()
  const hasNewer = useHasNewer(history.dataUpdatedAt)
  const [clears, setClears] = useState(0)
  function clear() {
    void navigate({ search: {}, replace: true })
    setClears(clears + 1)
  }

  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
        <span className={styles.count} role="status">
          {history.isSuccess && (history.isExact ? texts.count : texts.atLeast)(history.count)}
        </span>
        <CsvExport
          total={history.count}
          fileName="calls"
          texts={texts}
          download={({ delimiter, signal }) =>
            dataOf(
              api.GET('/api/v1/calls/history.csv', {
                params: { query: { ...toHistoryQuery(search), delimiter } },
                parseAs: 'stream',
                signal,
              }),
            )
          }
        />
      </div>
      <HistoryFilters
        search={search}
        clears={clears}
        onClear={clear}
        onChange={(change) =>
          void navigate({ search: (now) => readHistorySearch({ ...now, ...change }), replace: true })
        }
      />
      {hasNewer && (
        <Notice>
          {texts.newer} <Button onClick={history.restart}>{texts.showNewer}</Button>
        </Notice>
      )}
      {history.count === 0 ? (
        <NoCalls history={history} search={search} onClear={clear} />
      ) : (
        <HistoryList key={JSON.stringify(search)} history={history} isNew={isNew} onOpen={setOpened} />
      )}
      {opened !== undefined && <CallDetails call={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

function NoCalls({
  history,
  search,
  onClear,
}: {
  history: ReturnType<typeof useHistory>
  search: HistorySearch
  onClear(): void
}) {
  const texts = useMessages(historyMessages)
  if (history.error !== null || history.isPending) return <NotLoaded query={history} />
  if (Object.keys(search).length === 0) {
    return (
      <EmptyState title={texts.empty}>
        <p>{texts.emptyHint}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title={texts.noMatch}>
      <Button onClick={onClear}>{texts.clear}</Button>
    </EmptyState>
  )
}

/** Whether a call of mine has ended since the list was read. */
function useHasNewer(readAt: number): boolean {
  const [endedAt, setEndedAt] = useState(0)
  useCallStored(() => setEndedAt(Date.now()))
  return readAt > 0 && endedAt > readAt
}
