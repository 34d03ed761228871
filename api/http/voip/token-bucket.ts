/** A rate limit: `burst` at once, `perSecond` in the long run. */
export interface TokenBucket {
  /** Takes one token; false if the bucket is empty. */
  take(): boolean
}

/** @param monotonic a clock in ms that never jumps */
export function createTokenBucket(perSecond: number, burst: number, monotonic: () => number): TokenBucket {
  let tokens = burst
  let refilledAt = monotonic()
  return {
    take() {
      const now = monotonic()
      tokens = Math.min(burst, tokens + ((now - refilledAt) / 1000) * perSecond)
      refilledAt = now
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
