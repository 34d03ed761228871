/**
 * Receives the failures of a job that runs repeatedly, and its recovery. Only a reporter calls it: the streak is required
 * so that it cannot be the handler of a single `catch`, which would report no recovery.
 */
export interface FailureHandler {
  (err: unknown, run: FailureStreak): void
  /** The job has succeeded after failures. */
  recovered?(run: FailureStreak): void
}

/** Failures since the last success. */
export interface FailureStreak {
  failures: number
  forSeconds: number
  /** ISO 8601; null if it has never succeeded. */
  lastSuccess: string | null
  /** Some of the items that fail, if the job handles many items. */
  items?: readonly string[]
}

/** While a job keeps failing, it is reported at this interval, in ms. */
const REPORT_INTERVAL_MS = 600_000

export interface FailureReporter {
  /** @param atOnce reports it now: it is news besides the failure that was reported */
  failed(err: unknown, atOnce?: boolean): void
  succeeded(): void
}

/**
 * Decides when to report a job: at its first failure, every ten minutes while it keeps failing, and when it recovers.
 * Reporting each failure of a job that runs twice a second would fill the log.
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
    failed(err, atOnce = false) {
      failures += 1
      if (failures === 1) since = now()
      else if (!atOnce && now() - reportedAt < REPORT_INTERVAL_MS) return
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
  /** @param atOnce as for `FailureReporter` */
  failed(item: string, err: unknown, atOnce?: boolean): void
  succeeded(item: string): void
}

const MAX_LISTED_ITEMS = 10

/**
 * The same for a job that handles many items: it fails for as long as one of them fails. An item that has not failed for
 * ten minutes was deleted, or another process has handled it.
 */
export function createItemFailureReporter(
  onFailure: FailureHandler,
  now: () => number = Date.now,
): ItemFailureReporter {
  const failedAt = new Map<string, number>()
  const reporter = createFailureReporter(
    Object.assign(
      (err: unknown, run: FailureStreak) =>
        onFailure(err, { ...run, items: [...failedAt.keys()].slice(-MAX_LISTED_ITEMS) }),
      { recovered: (run: FailureStreak) => onFailure.recovered?.(run) },
    ),
    now,
  )
  return {
    failed(item, err, atOnce) {
      failedAt.delete(item)
      failedAt.set(item, now())
      reporter.failed(err, atOnce)
    },
    succeeded(item) {
      failedAt.delete(item)
      for (const [one, at] of failedAt) if (now() - at > REPORT_INTERVAL_MS) failedAt.delete(one)
      if (failedAt.size === 0) reporter.succeeded()
    },
  }
}
