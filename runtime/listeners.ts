/** Called when something changes, each on its own: what one throws ends neither the process nor the calls of the others. */
export interface Listeners<News extends readonly unknown[]> {
  /** @returns what removes it */
  add(listener: (...news: News) => void): () => void
  tell(...news: News): void
}

/** @param onTrouble gets what a listener has thrown */
export function createListeners<News extends readonly unknown[]>(
  onTrouble: (err: unknown) => void,
): Listeners<News> {
  const all = new Set<(...news: News) => void>()
  return {
    add(listener) {
      all.add(listener)
      return () => void all.delete(listener)
    },
    tell(...news) {
      for (const listener of all) {
        try {
          listener(...news)
        } catch (err) {
          onTrouble(err)
        }
      }
    },
  }
}
