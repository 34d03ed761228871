import { formatDuration } from '../../i18n/format.ts'
import { useNowS } from '../calls/clock.tsx'

/**
 * How long a state goes on; of one that ends by itself, how long it still does.
 * @param skewMs how far the server's clock is ahead of this computer's
 */
export function StateClock({
  since,
  until,
  skewMs = 0,
}: {
  since: string
  until: string | null
  skewMs?: number
}) {
  const now = useNowS() + skewMs / 1_000
  const seconds = (time: string) => Date.parse(time) / 1_000
  return (
    <time>
      {until === null ? formatDuration(now - seconds(since)) : `−${formatDuration(seconds(until) - now)}`}
    </time>
  )
}

/** Clocks that differ by a second or two do not matter, and a time in whole seconds shows no less. */
const MAX_SKEW_MS = 3_000

/** @param at of the answer, by the server's clock @param receivedMs by this computer's */
export function clockSkewMs(at: string, receivedMs: number): number {
  const skew = Date.parse(at) - receivedMs
  return Math.abs(skew) > MAX_SKEW_MS ? skew : 0
}
