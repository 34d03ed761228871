/** Lets `burst` through at once, and `perSecond` in the long run. */
export interface TokenBucket {
  /** False when there is nothing left. */
  take(): boolean
}

/** @param monotonic ms */
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
