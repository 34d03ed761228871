import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { countRows, PAGE_SIZE } from './row-count.ts'
import { type HistorySearch, toHistoryQuery } from './search.ts'

/** Past calls, page after page. Leaving the screen drops them: a later visit begins with the newest. */
export function useHistory(search: HistorySearch) {
  const { api } = useConsole()
  const queries = useQueryClient()
  const queryKey = ['history', search] as const
  const { data, hasNextPage, ...query } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      dataOf(
        api.GET('/api/v1/calls/history', {
          params: {
            query: {
              ...toHistoryQuery(search),
              limit: PAGE_SIZE,
              ...(pageParam === undefined ? {} : { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const calls = useMemo(() => data?.pages.flatMap((page) => page.calls) ?? [], [data])
  return {
    ...query,
    calls,
    hasNextPage,
    ...countRows(data?.pages[0], calls, hasNextPage),
    /** Begins with the newest again; reading all pages again could take long. */
    restart: () => void queries.resetQueries({ queryKey, exact: true }),
  }
}
