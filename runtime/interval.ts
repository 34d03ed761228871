import { createFailureReporter, type FailureHandler } from './failure-reporter.ts'

export interface IntervalJob {
  stop(): void
  /** @returns once a round that goes on is over */
  drained(): Promise<void>
}

/**
 * Does a chore again and again, one at a time, with a pause in between.
 * @param onFailure hears of failures and of their end: see `createFailing`
 */
export function startInterval(
  pauseMs: number,
  task: () => Promise<void>,
  onFailure: FailureHandler,
  now: () => number = Date.now,
): IntervalJob {
  const failing = createFailureReporter(onFailure, now)
  let stopped = false
  let currentRun = Promise.resolve()
  const runOnce = async () => {
    try {
      await task()
    } catch (err) {
      if (!stopped) failing.failed(err)
      return
    }
    failing.succeeded()
  }
  const loop = async () => {
    while (!stopped) {
      currentRun = runOnce()
      await currentRun
      await new Promise((resolve) => setTimeout(resolve, pauseMs).unref())
    }
  }
  loop().catch(onFailure)
  return {
    stop() {
      stopped = true
    },
    drained: () => currentRun,
  }
}
