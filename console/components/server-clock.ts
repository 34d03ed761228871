/** Headers and answers count whole seconds, and take a moment: less than this is no difference. */
const SMALLEST_MS = 2_000

/**
 * How far the server’s clock is ahead of this computer’s, in milliseconds.
 * @param time of an answer by the server’s clock, as an ISO time or in its header `Date`
 * @param receivedMs when it came, by this computer’s
 */
export function clockOffset(time: string | null, receivedMs: number): number {
  const offset = Date.parse(time ?? '') - receivedMs
  return Number.isNaN(offset) || Math.abs(offset) < SMALLEST_MS ? 0 : offset
}

/** A moment of the server by this computer’s clock. */
export const toLocalTime = (time: string, offsetMs: number): string =>
  new Date(Date.parse(time) - offsetMs).toISOString()
