/** Receives the failures of a job that runs again and again, and their end. */
export interface Trouble {
  (err: unknown, run?: FailingRun): void
  /** It works again. */
  over?(run: FailingRun): void
}

/** Failures since the last success. */
export interface FailingRun {
  failures: number
  forSeconds: number
  /** ISO 8601; null where it never worked. */
  lastSuccess: string | null
  /** Some of those that fail, where the job is done for each of many. */
  items?: readonly string[]
}

/** A job that goes on failing is reported again after this long, in ms. */
const SAY_AGAIN_MS = 600_000

export interface Failing {
  failed(err: unknown): void
  worked(): void
}

/**
 * Decides when to report a job: at its first failure, every ten minutes while it goes on failing, and when it works
 * again. Reporting each failure of a job that runs twice a second would fill the log.
 *
 * @param now unix ms
 */
export function createFailing(trouble: Trouble, now: () => number = Date.now): Failing {
  let failures = 0
  let since = 0
  let saidAt = 0
  let workedAt: number | undefined
  const run = (): FailingRun => ({
    failures,
    forSeconds: Math.round((now() - since) / 1000),
    lastSuccess: workedAt === undefined ? null : new Date(workedAt).toISOString(),
  })
  return {
    failed(err) {
      failures += 1
      if (failures === 1) since = now()
      else if (now() - saidAt < SAY_AGAIN_MS) return
      saidAt = now()
      trouble(err, run())
    },
    worked() {
      if (failures > 0) trouble.over?.(run())
      failures = 0
      workedAt = now()
    },
  }
}

export interface FailingItems {
  failed(item: string, err: unknown): void
  worked(item: string): void
}

const MOST_NAMED = 10

/**
 * The same for a job that is done for each of many items: it fails for as long as one of them does. An item that has
 * not failed for ten minutes is gone, or another process did its job.
 */
export function createFailingItems(trouble: Trouble, now: () => number = Date.now): FailingItems {
  const failedAt = new Map<string, number>()
  const failing = createFailing(
    Object.assign(
      (err: unknown, run?: FailingRun) =>
        trouble(err, run && { ...run, items: [...failedAt.keys()].slice(-MOST_NAMED) }),
      { over: (run: FailingRun) => trouble.over?.(run) },
    ),
    now,
  )
  return {
    failed(item, err) {
      failedAt.delete(item)
      failedAt.set(item, now())
      failing.failed(err)
    },
    worked(item) {
      failedAt.delete(item)
      for (const [one, at] of failedAt) if (now() - at > SAY_AGAIN_MS) failedAt.delete(one)
      if (failedAt.size === 0) failing.worked()
    },
  }
}
