/** A value with listeners: the form that React’s `useSyncExternalStore` reads. */
export interface Store<T> {
  get(): T
  set(value: T): void
  /** @returns a function that removes the listener */
  subscribe(listener: () => void): () => void
}

export function createStore<T>(value: T): Store<T> {
  let current = value
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return
      current = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
