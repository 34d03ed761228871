export interface Chore {
  stop(): void
}

/** Does a chore again and again, one at a time, with a pause in between; says once when it starts failing. */
export function every(pauseMs: number, chore: () => Promise<void>, onTrouble: (err: unknown) => void): Chore {
  let stopped = false
  let failing = false
  const loop = async () => {
    while (!stopped) {
      try {
        await chore()
        failing = false
      } catch (err) {
        if (!failing && !stopped) onTrouble(err)
        failing = true
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
    }
  }
  loop().catch(onTrouble)
  return {
    stop() {
      stopped = true
    },
  }
}
