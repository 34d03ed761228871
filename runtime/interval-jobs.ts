import { type IntervalJob, startInterval } from './interval.ts'
import { failureLogger, type Logger } from './log.ts'

/** Jobs that each run at an interval, and that stop together. */
export interface IntervalJobs {
  /**
   * @param subject of the logged events `<subject>_failed` and `<subject>_recovered`
   * @param message for people, logged with both
   */
  start(pauseMs: number, subject: string, message: string, run: () => Promise<void>): void
  stop(): void
}

export function createIntervalJobs(log: Logger): IntervalJobs {
  const logFailure = failureLogger(log)
  const jobs: IntervalJob[] = []
  return {
    start(pauseMs, subject, message, run) {
      jobs.push(startInterval(pauseMs, run, logFailure(subject, message)))
    },
    stop() {
      for (const job of jobs) job.stop()
    },
  }
}
