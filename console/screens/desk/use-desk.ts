import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useConsole } from '../../app/console-context.ts'
import { clockOffset } from '../../components/server-clock.ts'
import type { Desk } from './wire.ts'

export interface LoadedDesk {
  desk: Desk
  /** How far the server’s clock is ahead. */
  offsetMs: number
}

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

export async function loadedDesk(answer: Promise<{ data?: Desk; response: Response }>): Promise<LoadedDesk> {
  const { data, response } = await answer
  // A refusal was thrown before.
  return { desk: data as Desk, offsetMs: clockOffset(response.headers.get('date'), Date.now()) }
}
