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
