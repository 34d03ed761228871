import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { mineOf } from '../../components/supervise/supervision.ts'
import { mayFollowAllCalls } from './overseeing.ts'

const KEY = ['live-calls'] as const
const POLL_MS = 3_000
/** With a stream, which does not show who is on hold: presence does. */
const SAFETY_POLL_MS = 15_000
/** No stream shows how my own phone listens. */
const SUPERVISING_POLL_MS = 1_000
/** Many changes at once are read once. */
const GATHER_MS = 200

/** All live calls that the user oversees, read again at each change. */
export function useLiveCalls() {
  const { api, live, claims } = useConsole()
  const queries = useQueryClient()
  const isFollowing = mayFollowAllCalls(claims)
  useEffect(() => {
    if (!isFollowing) return
    let timer: ReturnType<typeof setTimeout> | undefined
    let isChanged = false
    const onChange = () => {
      isChanged = true
      timer ??= setTimeout(() => void readAgain(), GATHER_MS)
    }
    async function readAgain() {
      isChanged = false
      // A poll that began before the change may not show it, and begins again.
      await queries.invalidateQueries({ queryKey: KEY })
      timer = undefined
      if (isChanged) onChange()
    }
    const stops = [live.onAnyCall(onChange), live.presence.subscribe(onChange)]
    return () => {
      isChanged = false
      clearTimeout(timer)
      for (const stop of stops) stop()
    }
  }, [isFollowing, live, queries])

  return useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/calls', { signal })),
    refetchInterval: ({ state: { data } }) =>
      data?.calls.some((call) => mineOf(call, claims.userId) !== undefined)
        ? SUPERVISING_POLL_MS
        : isFollowing
          ? SAFETY_POLL_MS
          : POLL_MS,
    // Only for those who oversee others; the screen explains it.
    enabled: claims.role !== 'user',
    staleTime: 0,
  })
}
