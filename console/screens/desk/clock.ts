/** The header counts whole seconds, and the answer takes a moment: less than this is no difference. */
const SMALLEST_MS = 2_000

/**
 * How far the server’s clock is ahead of this computer’s, in milliseconds.
 * @param date header `Date` of an answer that has just come
 */
export function clockOffset(date: string | null, now: number): number {
  const offset = Date.parse(date ?? '') - now
  return Number.isNaN(offset) || Math.abs(offset) < SMALLEST_MS ? 0 : offset
}

const RELOAD_MS = 2_000

/** Loads now and until it is stopped: the server's clock may be a moment behind this one. @returns stops it */
export function reloadOften(reload: () => void): () => void {
  reload()
  const timer = setInterval(reload, RELOAD_MS)
  return () => clearInterval(timer)
}

/**
 * Whole seconds until a moment of the server; 0 afterwards.
 * @param nowS unix seconds of this computer
 */
export const secondsLeft = (until: string, nowS: number, offsetMs: number): number =>
  Math.max(0, Math.ceil((Date.parse(until) - offsetMs) / 1_000 - nowS))
