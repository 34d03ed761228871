import { formatDuration } from '../../i18n/format.ts'
import { useNowS } from '../calls/clock.tsx'

/**
 * How long a state goes on; of one that ends by itself, how long it still does. Empty where that is not known.
 * @param offsetMs how far the server’s clock is ahead of this computer’s
 */
export function StateClock({
  since,
  until,
  offsetMs,
}: {
  since: string | null
  until: string | null
  offsetMs: number
}) {
  const now = useNowS() + offsetMs / 1_000
  const seconds = (time: string) => Date.parse(time) / 1_000
  if (until !== null) return <time>−{formatDuration(seconds(until) - now)}</time>
  return since === null ? null : <time>{formatDuration(now - seconds(since))}</time>
}
