/** Time that passes only when a test advances it, in ms. */
export interface VirtualTime {
  now(): number
  pause(ms: number): Promise<void>
  /** Advances time, and resumes everything that waits for it, in order. */
  advance(ms: number): Promise<void>
}

/** Runs all promise callbacks that are due. */
const flushPromises = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createVirtualTime(): VirtualTime {
  let now = 0
  let waiting: { at: number; go: () => void }[] = []
  return {
    now: () => now,
    pause: (ms) => new Promise((go) => waiting.push({ at: now + ms, go })),
    async advance(ms) {
      const end = now + ms
      await flushPromises()
      for (;;) {
        const next = Math.min(...waiting.map(({ at }) => at))
        if (next > end) break
        now = next
        const due = waiting.filter(({ at }) => at <= now)
        waiting = waiting.filter(({ at }) => at > now)
        for (const { go } of due) go()
        await flushPromises()
      }
      now = end
    },
  }
}
