import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect } from 'react'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { useCallStored } from './use-call-stored.ts'

const MISSED_KEY = ['missed'] as const

/** How many calls I have missed and not seen. */
export function useMissedCalls() {
  const { api } = useConsole()
  return useQuery({
    queryKey: MISSED_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/calls/missed', { signal })),
  })
}

/** As `useMissedCalls`, and reads it again after each call, and after another tab has marked them as seen. For the frame. */
export function useMissedCount(): number | undefined {
  const { channel } = useConsole()
  const queries = useQueryClient()
  const reload = useCallback(() => void queries.invalidateQueries({ queryKey: MISSED_KEY }), [queries])
  useCallStored(reload)
  useEffect(
    () =>
      channel.listen(({ type }) => {
        if (type === 'missed-seen') reload()
      }),
    [channel, reload],
  )
  return useMissedCalls().data?.count
}

/** Marks missed calls as seen, up to a time of the server: the clock of this computer may be wrong. */
export function useMarkMissedSeen() {
  const { api, channel } = useConsole()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (until: string) => api.PUT('/api/v1/calls/missed/seen', { body: { until } }),
    async onSuccess() {
      channel.send({ type: 'missed-seen' })
      await queries.invalidateQueries({ queryKey: MISSED_KEY })
    },
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
