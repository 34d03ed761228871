import { startInterval } from './interval.ts'

/** Jobs that each run at an interval, and that stop together. */
export interface IntervalJobs {
  /** Starts one: see `startInterval`. */
  start(...job: Parameters<typeof startInterval>): void
  stop(): void
  /** Resolves when no run is in progress. */
  drained(): Promise<void>
}

export function createIntervalJobs(): IntervalJobs {
  const jobs: ReturnType<typeof startInterval>[] = []
  return {
    start: (...job) => void jobs.push(startInterval(...job)),
    stop() {
      for (const job of jobs) job.stop()
    },
    async drained() {
      await Promise.all(jobs.map((job) => job.drained()))
    },
  }
}
