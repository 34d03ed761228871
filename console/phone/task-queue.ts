/**
 * Runs tasks one after another. Two media operations at once would answer each other's re-INVITE with 491 (RFC 3261
 * §14.1), which ends a call.
 */
export interface TaskQueue {
  /** @returns what the task returns; a failed task does not stop those behind it */
  run<T>(task: () => Promise<T>): Promise<T>
}

export function createTaskQueue(): TaskQueue {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(task) {
      const result = last.then(task)
      last = result.catch(() => {})
      return result
    },
  }
}
