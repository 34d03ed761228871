const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait before an attempt: half a second, doubled with each failure up to 30 s, of which a random part is
 * taken away, so that all pages of a restarted server do not return at once.
 * @param failures in a row before this attempt, from 1
 * @param random 0 to 1
 * @returns milliseconds
 */
export function backoffMs(failures: number, random = Math.random()): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16))
  return Math.round(whole * (1 - random / 2))
}
