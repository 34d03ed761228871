/** Long work yields to the event loop this often, in ms. */
const YIELD_INTERVAL_MS = 10

/**
 * For work that would block the event loop: await the returned function at each step. It yields to the event loop when
 * the last yield is long enough ago.
 *
 * @param monotonic a clock that never jumps, in ms
 */
export function createEventLoopYield(monotonic = () => performance.now()): () => void | Promise<void> {
  let since = monotonic()
  return () => {
    if (monotonic() - since < YIELD_INTERVAL_MS) return
    return new Promise((resolve) =>
      setImmediate(() => {
        since = monotonic()
        resolve()
      }),
    )
  }
}
