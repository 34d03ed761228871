/** Long work gives way to others this often, in ms. */
const YIELD_INTERVAL_MS = 10

/**
 * For work that would hold up the event loop: to be awaited at each step, and gives way to others where it has
 * not done so for a while.
 *
 * @param monotonic ms
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
