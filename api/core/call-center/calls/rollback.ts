import { createItemFailureReporter, type FailureHandler } from '../../../../runtime/failure-reporter.ts'
import { retry } from '../../../../runtime/retry.ts'

/** Rolls back the preparations of a call that was not dialed. */
export interface Rollback {
  /**
   * Resolves after the first attempt and never rejects. If that attempt fails, it is retried in the background:
   * until then a lead or an agent stays locked, or a key stays used.
   * @param what names the failure, for the log
   * @param work idempotent
   */
  undo(what: string, work: () => Promise<unknown>): Promise<void>
}

export interface RollbackNeeds {
  pause(ms: number): Promise<unknown>
  /** Rollbacks fail, and succeed in the end: see `createItemFailureReporter`. */
  onFailure?: FailureHandler
}

const FIRST_RETRY_MS = 200
/** Together longer than a store is usually unavailable. After them the reconciler releases leads, and keys expire. */
const NEXT_RETRIES_MS = [1_000, 5_000, 15_000, 60_000, 300_000]

export function createRollback({ pause, onFailure = () => {} }: RollbackNeeds): Rollback {
  const failing = createItemFailureReporter(onFailure)
  let count = 0

  async function retryInBackground(item: string, what: string, work: () => Promise<unknown>) {
    try {
      await pause(FIRST_RETRY_MS)
      await retry(work, { delayMs: (failures) => NEXT_RETRIES_MS[failures - 1], pause })
      failing.succeeded(item)
    } catch (err) {
      failing.failed(item, new Error(`${what}, and is not tried any more`, { cause: err }), true)
    }
  }

  return {
    async undo(what, work) {
      count += 1
      const item = `${count}: ${what}`
      try {
        await work()
        failing.succeeded(item)
      } catch (err) {
        failing.failed(item, err)
        void retryInBackground(item, what, work)
      }
    },
  }
}
