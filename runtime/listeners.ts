/** Functions that are called when something changes. If one throws, the others are still called. */
export interface Listeners<Args extends readonly unknown[]> {
  /** @returns a function that removes the listener */
  add(listener: (...args: Args) => void): () => void
  notify(...args: Args): void
}

/** @param onError receives what a listener throws */
export function createListeners<Args extends readonly unknown[]>(
  onError: (err: unknown) => void,
): Listeners<Args> {
  const all = new Set<(...args: Args) => void>()
  return {
    add(listener) {
      all.add(listener)
      return () => void all.delete(listener)
    },
    notify(...args) {
      for (const listener of all) {
        try {
          listener(...args)
        } catch (err) {
          onError(err)
        }
      }
    },
  }
}
