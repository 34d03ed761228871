import { type QueryClient, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Api, dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import type { ListedLead } from './listed-lead.ts'
import { PAGE_SIZE, pagesOf } from './pages.ts'
import { type LeadsSearch, toLeadFilter } from './search.ts'

/** While the list scrolls, pages that only pass by are not loaded. */
const SETTLED_MS = 80
/** Of all queries of rows. */
export const ROWS_KEY = 'lead-rows'

const pageKey = (search: LeadsSearch, page: number) => [ROWS_KEY, search, page]
const pageQuery = (api: Api, search: LeadsSearch, page: number) => ({
  queryKey: pageKey(search, page),
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    dataOf(
      api.GET('/api/v1/leads', {
        params: {
          query: {
            ...toLeadFilter(search),
            limit: PAGE_SIZE,
            offset: page * PAGE_SIZE,
            ...(search.sort === undefined ? {} : { sort: search.sort }),
          },
        },
        signal,
      }),
    ),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60_000,
})

/** The first page, which has the number of leads. */
export function useFirstPage(search: LeadsSearch) {
  const { api } = useConsole()
  return useQuery(pageQuery(api, search, 0))
}

/**
 * The leads around a part of the list; each page is loaded when the list stops there.
 * @returns the lead of a row, undefined while it is loading
 */
export function useLeadRows(search: LeadsSearch, first: number, last: number) {
  const { api } = useConsole()
  const queries = useQueryClient()
  const wanted = pagesOf(first, last)
  const key = wanted.join()
  const [shown, setShown] = useState(key)
  useEffect(() => {
    if (shown === key) return
    const timer = setTimeout(() => setShown(key), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [key, shown])
  const pages = [...new Set([0, ...shown.split(',').map(Number)])]
  const results = useQueries({ queries: pages.map((page) => pageQuery(api, search, page)) })
  const failed = results.find((one) => one.isError)
  return {
    leadAt(index: number): ListedLead | undefined {
      const page = Math.floor(index / PAGE_SIZE)
      const loaded = results[pages.indexOf(page)]?.data
      // While the list moves, pages that were loaded before are shown at once.
      const data = loaded ?? queries.getQueryData<Wire<'LeadList'>>(pageKey(search, page))
      return data?.leads[index % PAGE_SIZE]
    },
    error: failed?.error ?? null,
    retry: () => void failed?.refetch(),
  }
}

/** Shows a changed lead in all lists that have it, at its place. */
export function replaceLead(queries: QueryClient, lead: ListedLead): void {
  queries.setQueriesData<Wire<'LeadList'>>({ queryKey: [ROWS_KEY] }, (page) =>
    page?.leads.some(({ id }) => id === lead.id)
      ? { ...page, leads: page.leads.map((one) => (one.id === lead.id ? lead : one)) }
      : page,
  )
}
