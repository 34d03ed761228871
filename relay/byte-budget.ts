/** What a client may send in bytes: so many at once, and so many a second on average. */
export interface ByteBudget {
  burst: number
  perSecond: number
}

/**
 * A token bucket over bytes.
 * @param now a clock that never jumps, in ms
 * @returns takes what has arrived, and returns false once it is more than the budget allows
 */
export function createByteBudget(
  { burst, perSecond }: ByteBudget,
  now: () => number,
): (bytes: number) => boolean {
  let left = burst
  let at = now()
  return (bytes) => {
    const later = now()
    left = Math.min(burst, left + ((later - at) / 1000) * perSecond) - bytes
    at = later
    return left >= 0
  }
}
