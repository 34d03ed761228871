const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait before an attempt: half a second, doubled with each failure, of which a random part of up to a half is
 * taken away, so that all pages of a restarted server do not return at once.
 * @param failures in a row before this attempt, from 1
 * @param longestMs that it never exceeds
 * @param random 0 to 1
 * @returns milliseconds
 */
export function backoffMs(failures: number, longestMs = LONGEST_MS, random = Math.random()): number {
  const whole = Math.min(longestMs, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(whole * (1 - random / 2))
}
