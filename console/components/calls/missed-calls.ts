import { useQuery } from '@tanstack/react-query'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'

export const MISSED_KEY = ['missed'] as const

/** How many calls I have missed and not seen. */
export function useMissedCalls() {
  const { api } = useConsole()
  return useQuery({
    queryKey: MISSED_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/calls/missed', { signal })),
  })
}

/** The end of the missed call that ended last: a long call may have begun before a short one. */
export const newestMissed = (
  calls: readonly Pick<Wire<'PastCall'>, 'missed' | 'ended_at'>[] | undefined,
): string | undefined =>
  calls?.reduce<string | undefined>(
    (newest, { missed, ended_at }) =>
      missed && (newest === undefined || Date.parse(ended_at) > Date.parse(newest)) ? ended_at : newest,
    undefined,
  )
