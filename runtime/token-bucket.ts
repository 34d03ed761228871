/** A rate limit that allows `burst` tokens at once and `perSecond` in the long run. */
export interface TokenBucketLimit {
  burst: number
  perSecond: number
}

export interface TokenBucket {
  /** Takes one token. @returns false, and takes none, when less than one is left */
  take(): boolean
  /**
   * Takes tokens for something that has already happened: the bucket may go below zero.
   * @returns false when that was more than it held
   */
  charge(tokens: number): boolean
}

/** @param monotonic a clock that never jumps, in ms */
export function createTokenBucket(
  { burst, perSecond }: TokenBucketLimit,
  monotonic: () => number,
): TokenBucket {
  let tokens = burst
  let refilledAt = monotonic()
  const refill = () => {
    const now = monotonic()
    tokens = Math.min(burst, tokens + ((now - refilledAt) / 1000) * perSecond)
    refilledAt = now
  }
  return {
    take() {
      refill()
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
    charge(spent) {
      refill()
      tokens -= spent
      return tokens >= 0
    },
  }
}
