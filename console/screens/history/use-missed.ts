import { useEffect, useState } from 'react'
import { newestMissed, useMarkMissedSeen, useMissedCalls } from '../../components/calls/missed-calls.ts'
import type { PastCall } from './parties.ts'

/**
 * Marks my missed calls as seen once they are shown.
 *
 * @param calls the newest first; undefined while some may be hidden
 * @returns whether a call was missed since the last visit
 */
export function useMissedMark(calls: readonly PastCall[] | undefined): (call: PastCall) => boolean {
  const { data } = useMissedCalls()
  // The marks of this visit stay while it lasts.
  const [seenBefore, setSeenBefore] = useState<number>()
  useEffect(() => {
    if (data !== undefined) setSeenBefore((known) => known ?? Date.parse(data.seen_until ?? data.since))
  }, [data])

  const { mutate } = useMarkMissedSeen()
  const newest = newestMissed(calls)
  useEffect(() => {
    if (newest !== undefined && seenBefore !== undefined && Date.parse(newest) > seenBefore) mutate(newest)
  }, [newest, seenBefore, mutate])

  return (call) => call.missed && seenBefore !== undefined && Date.parse(call.ended_at) > seenBefore
}
