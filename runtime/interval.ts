import { createFailing, type Trouble } from './failure-reporter.ts'

export interface Chore {
  stop(): void
  /** @returns once a round that goes on is over */
  idle(): Promise<void>
}

/**
 * Does a chore again and again, one at a time, with a pause in between.
 * @param onTrouble hears of failures and of their end: see `createFailing`
 */
export function every(
  pauseMs: number,
  chore: () => Promise<void>,
  onTrouble: Trouble,
  now: () => number = Date.now,
): Chore {
  const failing = createFailing(onTrouble, now)
  let stopped = false
  let round = Promise.resolve()
  const work = async () => {
    try {
      await chore()
    } catch (err) {
      if (!stopped) failing.failed(err)
      return
    }
    failing.worked()
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
