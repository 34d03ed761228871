/** Receives the failures of a job that runs again and again, and their end. */
export interface FailureHandler {
  (err: unknown, run?: FailureStreak): void
  /** It works again. */
  recovered?(run: FailureStreak): void
}

/** Failures since the last success. */
export interface FailureStreak {
  failures: number
  forSeconds: number
  /** ISO 8601; null where it never worked. */
  lastSuccess: string | null
  /** Some of those that fail, where the job is done for each of many. */
  items?: readonly string[]
}

/** A job that goes on failing is reported again after this long, in ms. */
const REPORT_INTERVAL_MS = 600_000

export interface FailureReporter {
  failed(err: unknown): void
  succeeded(): void
}

/**
 * Decides when to report a job: at its first failure, every ten minutes while it goes on failing, and when it works
 * again. Reporting each failure of a job that runs twice a second would fill the log.
 *
 * @param now unix ms
 */
export function createFailureReporter(
  onFailure: FailureHandler,
  now: () => number = Date.now,
): FailureReporter {
  let failures = 0
  let since = 0
  let reportedAt = 0
  let succeededAt: number | undefined
  const currentStreak = (): FailureStreak => ({
    failures,
    forSeconds: Math.round((now() - since) / 1000),
    lastSuccess: succeededAt === undefined ? null : new Date(succeededAt).toISOString(),
  })
  return {
    failed(err) {
      failures += 1
      if (failures === 1) since = now()
      else if (now() - reportedAt < REPORT_INTERVAL_MS) return
      reportedAt = now()
      onFailure(err, currentStreak())
    },
    succeeded() {
      if (failures > 0) onFailure.recovered?.(currentStreak())
      failures = 0
      succeededAt = now()
    },
  }
}

export interface ItemFailureReporter {
  failed(item: string, err: unknown): void
  succeeded(item: string): void
}

const MAX_LISTED_ITEMS = 10

/**
 * The same for a job that is done for each of many items: it fails for as long as one of them does. An item that has
 * not failed for ten minutes is gone, or another process did its job.
 */
export function createItemFailureReporter(
  onFailure: FailureHandler,
  now: () => number = Date.now,
): ItemFailureReporter {
  const failedAt = new Map<string, number>()
  const reporter = createFailureReporter(
    Object.assign(
      (err: unknown, run?: FailureStreak) =>
        onFailure(err, run && { ...run, items: [...failedAt.keys()].slice(-MAX_LISTED_ITEMS) }),
      { recovered: (run: FailureStreak) => onFailure.recovered?.(run) },
    ),
    now,
  )
  return {
    failed(item, err) {
      failedAt.delete(item)
      failedAt.set(item, now())
      reporter.failed(err)
    },
    succeeded(item) {
      failedAt.delete(item)
      for (const [one, at] of failedAt) if (now() - at > REPORT_INTERVAL_MS) failedAt.delete(one)
      if (failedAt.size === 0) reporter.succeeded()
    },
  }
}
