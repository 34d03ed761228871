/** Long work gives way to others this often, in ms. */
const SPELL_MS = 10

/**
 * For work that would hold up the event loop: to be awaited at each step, and gives way to others where it has
 * not done so for a while.
 *
 * @param monotonic ms
 */
export function createPause(monotonic = () => performance.now()): () => void | Promise<void> {
  let since = monotonic()
  return () => {
    if (monotonic() - since < SPELL_MS) return
    return new Promise((resolve) =>
      setImmediate(() => {
        since = monotonic()
        resolve()
      }),
    )
  }
}
