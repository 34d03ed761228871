export interface Chore {
  stop(): void
  /** @returns once a round that goes on is over */
  idle(): Promise<void>
}

/** Does a chore again and again, one at a time, with a pause in between; says once when it starts failing. */
export function every(pauseMs: number, chore: () => Promise<void>, onTrouble: (err: unknown) => void): Chore {
  let stopped = false
  let failing = false
  let round = Promise.resolve()
  const work = async () => {
    try {
      await chore()
      failing = false
    } catch (err) {
      if (!failing && !stopped) onTrouble(err)
      failing = true
    }
  }
  const loop = async () => {
    while (!stopped) {
      round = work()
      await round
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
    }
  }
  loop().catch(onTrouble)
  return {
    stop() {
      stopped = true
    },
    idle: () => round,
  }
}
