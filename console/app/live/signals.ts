/** Messages of the person’s own stream without contents: what they name has changed at the server. */
export const SIGNAL_TYPES = ['desk'] as const
export type SignalType = (typeof SIGNAL_TYPES)[number]

export function createSignals() {
  const listeners = new Map<string, Set<() => void>>(SIGNAL_TYPES.map((type) => [type, new Set()]))
  return {
    /** @returns whether it is a signal */
    receive(type: string): boolean {
      const all = listeners.get(type)
      for (const listener of [...(all ?? [])]) listener()
      return all !== undefined
    },
    listen(type: SignalType, listener: () => void): () => void {
      listeners.get(type)?.add(listener)
      return () => listeners.get(type)?.delete(listener)
    },
  }
}
