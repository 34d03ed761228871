import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { appMessages } from '../../app/messages.ts'
import { Button } from '../../components/button.tsx'
import { CsvExport } from '../../components/csv/csv-export.tsx'
import { NotLoaded } from '../../components/loaded.tsx'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'
import styles from './leads.module.css'
import { LeadsFilters } from './leads-filters.tsx'
import { leadsMessages } from './messages.ts'
import { SavedFiltersBar } from './saved-filters-bar.tsx'
import { countFilters, type LeadsSearch, readLeadsSearch, toExportFilter } from './search.ts'
import { LeadsTable } from './table/leads-table.tsx'
import { NOTHING_SELECTED } from './table/selection.ts'
import { ROWS_KEY, useFirstPage } from './use-leads.ts'

const BulkBar = lazy(() => import('./bulk/bulk-bar.tsx').then((it) => ({ default: it.BulkBar })))

/** All leads that I see, by the filters of the address. */
export function LeadsScreen() {
  const title = useMessages(appMessages).screens.leads
  const texts = useMessages(leadsMessages)
  const search = useSearch({ from: '/leads' })
  const navigate = useNavigate({ from: '/leads' })
  const { api, claims } = useConsole()
  const queries = useQueryClient()
  const first = useFirstPage(search)
  const [clears, setClears] = useState(0)
  const [selection, setSelection] = useState(NOTHING_SELECTED)
  const isOverseer = claims.role !== 'user'
  const total = first.data?.total ?? 0

  function select(next: LeadsSearch) {
    setSelection(NOTHING_SELECTED)
    void navigate({ search: next, replace: true })
  }
  function clear() {
    select({})
    setClears(clears + 1)
  }
  function reload() {
    setSelection(NOTHING_SELECTED)
    void queries.resetQueries({ queryKey: [ROWS_KEY] })
  }
  return (
    <>
      <div className={styles.head}>
        <h1>{title}</h1>
        <span className={styles.soft} role="status">
          {first.data !== undefined && (first.data.total_is_exact ? texts.count : texts.atLeast)(total)}
        </span>
        <span className={styles.tools}>
          <Button onClick={reload}>{texts.refresh}</Button>
          {isOverseer && (
            <>
              <Button onClick={() => void navigate({ to: '/leads/import' })}>{texts.import}</Button>
              <CsvExport
                total={total}
                fileName="leads"
                texts={texts}
                download={({ delimiter, signal }) =>
                  dataOf(
                    api.GET('/api/leads/export', {
                      params: { query: { ...toExportFilter(search), delimiter } },
                      parseAs: 'stream',
                      signal,
                    }),
                  )
                }
              />
            </>
          )}
        </span>
      </div>
      <LeadsFilters
        search={search}
        clears={clears}
        onClear={clear}
        onChange={(change) => select(readLeadsSearch({ ...search, ...change }))}
      />
      <SavedFiltersBar search={search} onSelect={select} />
      {isOverseer && selection.count > 0 && (
        <Suspense>
          <BulkBar
            selection={selection}
            search={search}
            total={total}
            totalIsExact={first.data?.total_is_exact ?? true}
            onSelection={setSelection}
            onDone={reload}
          />
        </Suspense>
      )}
      {total === 0 ? (
        <NoLeads first={first} search={search} onClear={clear} />
      ) : (
        <LeadsTable
          key={JSON.stringify(search)}
          search={search}
          total={total}
          isExact={first.data?.total_is_exact === true}
          selection={selection}
          onSelection={isOverseer ? setSelection : undefined}
          onSort={(sort) => select(readLeadsSearch({ ...search, sort }))}
        />
      )}
    </>
  )
}

function NoLeads({
  first,
  search,
  onClear,
}: {
  first: ReturnType<typeof useFirstPage>
  search: LeadsSearch
  onClear(): void
}) {
  const texts = useMessages(leadsMessages)
  if (first.error !== null || first.isPending) return <NotLoaded query={first} />
  if (countFilters(search) === 0) return <EmptyState title={texts.empty} />
  return (
    <EmptyState title={texts.noMatch}>
      <Button onClick={onClear}>{texts.clear}</Button>
    </EmptyState>
  )
}
