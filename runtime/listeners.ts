/** Called when something changes, each on its own: what one throws ends neither the process nor the calls of the others. */
export interface Listeners<News extends readonly unknown[]> {
  /** @returns what removes it */
  add(listener: (...news: News) => void): () => void
  notify(...news: News): void
}

/** @param onError gets what a listener has thrown */
export function createListeners<News extends readonly unknown[]>(
  onError: (err: unknown) => void,
): Listeners<News> {
  const all = new Set<(...news: News) => void>()
  return {
    add(listener) {
      all.add(listener)
      return () => void all.delete(listener)
    },
    notify(...news) {
      for (const listener of all) {
        try {
          listener(...news)
        } catch (err) {
          onError(err)
        }
      }
    },
  }
}
