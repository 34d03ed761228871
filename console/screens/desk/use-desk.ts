import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { type LoadedDesk, loadedDesk } from './loaded-desk.ts'

const DESK_KEY = ['desk'] as const
/** A signal may be lost. */
const POLL_MS = 30_000

/** My desk, read again whenever the server signals a change. */
export function useDesk({ isEnabled = true } = {}) {
  const { api, live } = useConsole()
  const queries = useQueryClient()
  useEffect(() => live.onSignal('desk', () => reloadDesk(queries)), [live, queries])
  return useQuery({
    queryKey: DESK_KEY,
    queryFn: ({ signal }) => loadedDesk(api.GET('/api/v1/desk', { signal })),
    enabled: isEnabled,
    staleTime: 0,
    refetchInterval: POLL_MS,
  })
}

export const reloadDesk = (queries: QueryClient): void =>
  void queries.invalidateQueries({ queryKey: DESK_KEY })

/** Shows what an answer has brought. */
export const putDesk = (queries: QueryClient, loaded: LoadedDesk): void =>
  void queries.setQueryData(DESK_KEY, loaded)
