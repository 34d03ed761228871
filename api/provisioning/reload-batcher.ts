export interface ReloadBatcher {
  /** Does it and waits for a reload that began afterwards. What the deed throws goes through, without one. */
  run<T>(operation: () => Promise<T>): Promise<T>
}

interface Waiter {
  resolve(): void
  reject(err: unknown): void
}

/**
 * Changes that are made at once share one reload after all of them, as reloading takes a PBX seconds.
 * @param maxWaitMs how long the first one waits for the others
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
    async run(deed) {
      running += 1
      const result = await deed().catch((err) => {
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
