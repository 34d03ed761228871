import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { clockOffset } from '../../components/server-clock.ts'
import { browserTimeZone } from './time-zone.ts'

/** For what no stream signals: leads, figures, and a change from one kind of absence to another. */
const POLL_MS = 5_000
/** Many changes at once are read once. */
const GATHER_MS = 250
/** In a big call center something changes all the time. */
const LEAST_MS = 1_000

export interface LoadedBoard {
  board: Wire<'Board'>
  /** How far the server’s clock is ahead. */
  offsetMs: number
}

const boardKey = (team: string | undefined) => ['board', team ?? ''] as const

/** The board, read again when the presence of a person changes, and now and then while the page is visible. */
export function useBoard(team: string | undefined) {
  const { api, live, claims } = useConsole()
  const queries = useQueryClient()
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let lastMs = 0
    async function readAgain() {
      lastMs = Date.now()
      timer = undefined
      // A poll that began before the change may not show it, and begins again.
      await queries.invalidateQueries({ queryKey: boardKey(team), exact: true })
    }
    const stop = live.presence.subscribe(() => {
      timer ??= setTimeout(() => void readAgain(), Math.max(GATHER_MS, lastMs + LEAST_MS - Date.now()))
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [live, queries, team])

  const timeZone = browserTimeZone()
  return useQuery({
    queryKey: boardKey(team),
    queryFn: async ({ signal }): Promise<LoadedBoard> => {
      const query = {
        ...(team === undefined ? {} : { team }),
        ...(timeZone === undefined ? {} : { time_zone: timeZone }),
      }
      const board = await dataOf(api.GET('/api/v1/board', { params: { query }, signal }))
      return { board, offsetMs: clockOffset(board.at, Date.now()) }
    },
    refetchInterval: POLL_MS,
    // Only for those who oversee others; the screen explains it.
    enabled: claims.role !== 'user',
    staleTime: 0,
  })
}

/** The teams of all agents, for admins. */
export function useTeams(): readonly string[] {
  const { api, claims } = useConsole()
  const { data } = useQuery({
    queryKey: ['board-teams'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/board', { signal })),
    enabled: claims.role === 'admin',
    staleTime: 60_000,
  })
  return [...new Set((data?.agents ?? []).flatMap(({ team }) => team ?? []))].sort()
}
