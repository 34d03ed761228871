import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import type { PastCall } from './parties.ts'

export const MISSED_KEY = ['missed'] as const

/**
 * Marks my missed calls as seen once they are shown.
 *
 * @param calls the newest first; undefined while some may be hidden
 * @returns whether a call was missed since the last visit
 */
export function useMissedMark(calls: readonly PastCall[] | undefined): (call: PastCall) => boolean {
  const { api } = useConsole()
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: MISSED_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/calls/missed', { signal })),
  })
  // The marks of this visit stay while it lasts.
  const [seenBefore, setSeenBefore] = useState<number>()
  useEffect(() => {
    if (data !== undefined) setSeenBefore((known) => known ?? Date.parse(data.seen_until ?? data.since))
  }, [data])

  const { mutate } = useMutation({
    mutationFn: (until: string) => api.PUT('/api/v1/calls/missed/seen', { body: { until } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: MISSED_KEY }),
  })
  const newest = newestMissed(calls)
  useEffect(() => {
    if (newest !== undefined && seenBefore !== undefined && Date.parse(newest) > seenBefore) mutate(newest)
  }, [newest, seenBefore, mutate])

  return (call) => call.missed && seenBefore !== undefined && Date.parse(call.ended_at) > seenBefore
}

/** The end of the missed call that ended last: a long call may have begun before a short one. */
const newestMissed = (calls: readonly PastCall[] | undefined): string | undefined =>
  calls?.reduce<string | undefined>(
    (newest, { missed, ended_at }) =>
      missed && (newest === undefined || Date.parse(ended_at) > Date.parse(newest)) ? ended_at : newest,
    undefined,
  )
