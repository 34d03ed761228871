import { createFailureReporter, type FailureHandler } from './failure-reporter.ts'

export interface IntervalJob {
  /** No run starts after this; a run in progress goes on: see `drained`. */
  stop(): void
  /** Resolves when the run in progress, if there is one, has ended. */
  drained(): Promise<void>
  /** Unix ms of the end of the last run that succeeded; undefined before the first. */
  lastSuccess(): number | undefined
}

export interface IntervalOptions {
  /** Waits for one pause before the first run. */
  pauseFirst?: boolean
  /** Unix ms. */
  now?: () => number
}

/**
 * Runs a task again and again, one run at a time, with a pause after each. Its timer does not keep the process alive.
 *
 * @param pauseMs from the end of a run to the start of the next
 * @param onFailure receives failures and the recovery, as `createFailureReporter` decides
 */
export function startInterval(
  pauseMs: number,
  task: () => Promise<void>,
  onFailure: FailureHandler,
  { pauseFirst = false, now = Date.now }: IntervalOptions = {},
): IntervalJob {
  const reporter = createFailureReporter(onFailure, now)
  let isStopped = false
  let succeededAt: number | undefined
  let currentRun = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const runOnce = async () => {
    try {
      await task()
    } catch (err) {
      if (!isStopped) reporter.failed(err)
      return
    }
    succeededAt = now()
    reporter.succeeded()
  }
  const schedule = () => {
    if (!isStopped) timer = setTimeout(run, pauseMs).unref()
  }
  const run = () => {
    currentRun = runOnce()
    void currentRun.then(schedule) // it rejects only if the failure handler throws
  }
  if (pauseFirst) schedule()
  else run()
  return {
    stop() {
      isStopped = true
      clearTimeout(timer)
    },
    drained: () => currentRun,
    lastSuccess: () => succeededAt,
  }
}
