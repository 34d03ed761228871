export interface SharedReload {
  /** Does it and waits for a reload that began afterwards. What the deed throws goes through, without one. */
  change<T>(deed: () => Promise<T>): Promise<T>
}

interface Waiter {
  resolve(): void
  reject(err: unknown): void
}

/**
 * Changes that are made at once share one reload after all of them, as reloading takes a PBX seconds.
 * @param mostMs how long the first one waits for the others
 */
export function createSharedReload(reload: () => Promise<void>, mostMs: number): SharedReload {
  let changing = 0
  let waiting: Waiter[] = []
  let patience: NodeJS.Timeout | undefined
  let isReloading = false

  function begin() {
    clearTimeout(patience)
    patience = undefined
    if (isReloading || waiting.length === 0) return
    const batch = waiting
    waiting = []
    isReloading = true
    const end = (tell: (one: Waiter) => void) => {
      isReloading = false
      for (const one of batch) tell(one)
      beginWhenAllAreIn()
    }
    reload().then(
      () => end((one) => one.resolve()),
      (err) => end((one) => one.reject(err)),
    )
  }

  function beginWhenAllAreIn() {
    if (changing === 0) begin()
    else if (waiting.length > 0) patience ??= setTimeout(begin, mostMs)
  }

  return {
    async change(deed) {
      changing += 1
      const result = await deed().catch((err) => {
        leave()
        throw err
      })
      const reloaded = new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
      leave()
      await reloaded
      return result
    },
  }

  function leave() {
    changing -= 1
    beginWhenAllAreIn()
  }
}
