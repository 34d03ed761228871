/** Lets `burst` through at once, and `perSecond` in the long run. */
export interface Bucket {
  /** False when there is nothing left. */
  take(): boolean
}

/** @param monotonic ms */
export function createBucket(perSecond: number, burst: number, monotonic: () => number): Bucket {
  let left = burst
  let at = monotonic()
  return {
    take() {
      const now = monotonic()
      left = Math.min(burst, left + ((now - at) / 1000) * perSecond)
      at = now
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
