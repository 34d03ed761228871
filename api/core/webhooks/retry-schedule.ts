const MINUTE_S = 60
const HOUR_S = 3_600

/** Seconds after the first attempt, after the second, … With them the last attempt is three days after the first. */
export const RETRY_DELAYS_S = [
  5,
  5 * MINUTE_S,
  30 * MINUTE_S,
  2 * HOUR_S,
  5 * HOUR_S,
  10 * HOUR_S,
  14 * HOUR_S,
  20 * HOUR_S,
  24 * HOUR_S,
] as const

/** A receiver that asks for more waits this long at most. */
export const MAX_RETRY_AFTER_S = 24 * HOUR_S
const JITTER = 0.1

/**
 * @param tries attempts so far, 1 after the first
 * @param random from 0 to 1: so that deliveries that failed together are not repeated together
 * @param retryAfter seconds that the receiver asked for
 * @returns seconds until the next attempt; undefined if none is left
 */
export function retryDelayS(tries: number, random: number, retryAfter = 0): number | undefined {
  const base = RETRY_DELAYS_S[tries - 1]
  if (base === undefined) return undefined
  const spread = (delay: number) => Math.ceil(delay * (1 + JITTER * random))
  return Math.max(spread(base), Math.min(spread(retryAfter), MAX_RETRY_AFTER_S))
}

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
 * @param nowMs unix ms
 * @returns seconds; undefined for anything else
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header)
  const at = /^[A-Z][a-z]+,? /.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1000))
}
