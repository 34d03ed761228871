/** Polls a channel once for all clients that wait for its next snapshot. */
export interface SnapshotPoller<Snapshot> {
  /** The tag that the last poll found, at most one interval ago. */
  lastTag(): string | undefined
  /**
   * Waits up to `waitMs` until a poll finds a snapshot with another tag than `known`; each poll calls
   * `check`.
   * @returns undefined when none came
   * @throws what `check` or `readLatest` throws
   */
  waitForChange(known: string | undefined, waitMs: number, check: () => void): Promise<Snapshot | undefined>
}

export interface SnapshotPollerNeeds<Snapshot> {
  /** Reads the last snapshot of the channel. */
  readLatest(): Promise<Snapshot | undefined>
  etagOf(snapshot: Snapshot): string
  /** The interval between two polls, in ms. */
  intervalMs: number
}

interface Waiter<Snapshot> {
  known: string | undefined
  /** By `performance.now()`. */
  untilMs: number
  check(): void
  resolve(snapshot: Snapshot | undefined): void
  reject(err: unknown): void
}

/** Polls while a client waits, once per interval, however many wait. */
export function createSnapshotPoller<Snapshot>({
  readLatest,
  etagOf,
  intervalMs,
}: SnapshotPollerNeeds<Snapshot>): SnapshotPoller<Snapshot> {
  const waiters = new Set<Waiter<Snapshot>>()
  let timer: NodeJS.Timeout | undefined
  let latestTag: string | undefined

  const schedulePoll = () => {
    timer = setTimeout(() => void poll(), intervalMs)
  }
  async function poll(): Promise<void> {
    if (waiters.size === 0) {
      timer = undefined
      latestTag = undefined
      return
    }
    // A client that joins during this poll has read the snapshot itself, and may know a newer one than this
    // poll finds.
    const current = [...waiters]
    try {
      const last = await readLatest()
      latestTag = last && etagOf(last)
      for (const waiter of current) notifyWaiter(waiter, last)
    } catch (err) {
      latestTag = undefined
      for (const waiter of current) completeWaiter(waiter, () => waiter.reject(err))
    }
    // Also when all have left: they may return at once, and need no poll of their own then.
    schedulePoll()
  }

  function notifyWaiter(waiter: Waiter<Snapshot>, last: Snapshot | undefined): void {
    try {
      waiter.check()
      if (last !== undefined && etagOf(last) !== waiter.known)
        completeWaiter(waiter, () => waiter.resolve(last))
      else if (performance.now() >= waiter.untilMs) completeWaiter(waiter, () => waiter.resolve(undefined))
    } catch (err) {
      completeWaiter(waiter, () => waiter.reject(err))
    }
  }
  function completeWaiter(waiter: Waiter<Snapshot>, complete: () => void): void {
    waiters.delete(waiter)
    complete()
  }

  return {
    lastTag: () => latestTag,
    waitForChange: (known, waitMs, check) =>
      new Promise((resolve, reject) => {
        waiters.add({ known, untilMs: performance.now() + waitMs, check, resolve, reject })
        if (timer === undefined) schedulePoll()
      }),
  }
}
