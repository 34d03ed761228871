import { useInfiniteQuery } from '@tanstack/react-query'
import { ApiError } from '../../api/client.ts'

/** One page of a list of the API, with its rows under one name for all lists. */
export interface RowPage<Row> {
  rows: readonly Row[]
  next_cursor: string | null
  total?: number
}

/** The query of a page. */
export interface PageQuery {
  limit: number
  cursor?: string
}

export interface PagedList<Row> {
  rows: readonly Row[]
  /** How many there are on all pages; those that are loaded where the API does not count. */
  total: number
  state: 'loading' | 'failed' | 'forbidden' | 'shown'
  hasMore: boolean
  isLoadingMore: boolean
  /** Why the next page could not be loaded; null unless it failed. */
  moreError: Error | null
  loadMore(): void
  retry(): void
}

const PAGE_SIZE = 100

/**
 * A list of the API, page by page.
 *
 * @param key of the query; all keys of this screen begin with `admin`
 * @param refreshMs loads all pages that are shown again while the page is visible
 */
export function usePages<Row>(
  key: readonly unknown[],
  fetchPage: (query: PageQuery, signal: AbortSignal) => Promise<RowPage<Row>>,
  { refreshMs, enabled = true }: { refreshMs?: number; enabled?: boolean } = {},
): PagedList<Row> {
  const list = useInfiniteQuery({
    queryKey: ['admin', ...key],
    queryFn: ({ pageParam, signal }) =>
      fetchPage({ limit: PAGE_SIZE, ...(pageParam === undefined ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    staleTime: 0,
    enabled,
    ...(refreshMs === undefined ? {} : { refetchInterval: refreshMs }),
  })
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? []
  const isForbidden = list.error instanceof ApiError && list.error.status === 403
  return {
    rows,
    total: list.data?.pages.at(-1)?.total ?? rows.length,
    state: isForbidden
      ? 'forbidden'
      : list.data !== undefined
        ? 'shown'
        : list.isError
          ? 'failed'
          : 'loading',
    hasMore: list.hasNextPage,
    isLoadingMore: list.isFetchingNextPage,
    moreError: list.isFetchNextPageError ? list.error : null,
    loadMore: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
    },
    retry: () => void list.refetch(),
  }
}
