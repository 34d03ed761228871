export interface ReloadBatcher {
  /**
   * Runs an operation, then waits for a reload that starts after it.
   * @throws what the operation throws, without a reload; what the reload throws
   */
  run<T>(operation: () => Promise<T>): Promise<T>
}

interface Waiter {
  resolve(): void
  reject(err: unknown): void
}

/**
 * Batches reloads of a PBX, which take seconds: concurrent operations share one reload after all of them.
 * @param maxWaitMs how long a finished operation waits for the others
 */
export function createReloadBatcher(reload: () => Promise<void>, maxWaitMs: number): ReloadBatcher {
  let running = 0
  let waiting: Waiter[] = []
  let timer: NodeJS.Timeout | undefined
  let isReloading = false

  function startReload() {
    clearTimeout(timer)
    timer = undefined
    if (isReloading || waiting.length === 0) return
    const batch = waiting
    waiting = []
    isReloading = true
    const finish = (notify: (one: Waiter) => void) => {
      isReloading = false
      for (const one of batch) notify(one)
      scheduleReload()
    }
    reload().then(
      () => finish((one) => one.resolve()),
      (err) => finish((one) => one.reject(err)),
    )
  }

  function scheduleReload() {
    if (running === 0) startReload()
    else if (waiting.length > 0) timer ??= setTimeout(startReload, maxWaitMs)
  }

  return {
    async run(operation) {
      running += 1
      const result = await operation().catch((err) => {
        finishOperation()
        throw err
      })
      const reloaded = new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
      finishOperation()
      await reloaded
      return result
    },
  }

  function finishOperation() {
    running -= 1
    scheduleReload()
  }
}
