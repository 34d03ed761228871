/** One look at a channel for all who wait for its next snapshot. */
export interface SnapshotWatch<Snapshot> {
  /** The tag that the last shared look, at most one pause ago, found. */
  justSeen(): string | undefined
  /**
   * Waits until a look finds a snapshot of another tag than `known`, up to `waitMs`; each look calls `check`.
   * @returns undefined when none came
   * @throws what `check` or `look` throws
   */
  next(known: string | undefined, waitMs: number, check: () => void): Promise<Snapshot | undefined>
}

export interface SnapshotWatchNeeds<Snapshot> {
  /** Reads the channel's last snapshot. */
  look(): Promise<Snapshot | undefined>
  tagOf(snapshot: Snapshot): string
  /** The pause between two looks, in ms. */
  pauseMs: number
}

interface Waiter<Snapshot> {
  known: string | undefined
  /** By `performance.now()`. */
  untilMs: number
  check(): void
  resolve(snapshot: Snapshot | undefined): void
  reject(err: unknown): void
}

/** Looks while somebody waits, and once a pause, however many they are. */
export function createSnapshotWatch<Snapshot>({
  look,
  tagOf,
  pauseMs,
}: SnapshotWatchNeeds<Snapshot>): SnapshotWatch<Snapshot> {
  const waiters = new Set<Waiter<Snapshot>>()
  let timer: NodeJS.Timeout | undefined
  let seen: string | undefined

  const lookLater = () => {
    timer = setTimeout(() => void round(), pauseMs)
  }
  async function round(): Promise<void> {
    if (waiters.size === 0) {
      timer = undefined
      seen = undefined
      return
    }
    // Who joins during this look has seen for itself, and may know a newer snapshot than this look finds.
    const asking = [...waiters]
    try {
      const last = await look()
      seen = last && tagOf(last)
      for (const waiter of asking) answer(waiter, last)
    } catch (err) {
      seen = undefined
      for (const waiter of asking) settle(waiter, () => waiter.reject(err))
    }
    // Also when all have left: they come back at once, and need no look of their own then.
    lookLater()
  }

  function answer(waiter: Waiter<Snapshot>, last: Snapshot | undefined): void {
    try {
      waiter.check()
      if (last !== undefined && tagOf(last) !== waiter.known) settle(waiter, () => waiter.resolve(last))
      else if (performance.now() >= waiter.untilMs) settle(waiter, () => waiter.resolve(undefined))
    } catch (err) {
      settle(waiter, () => waiter.reject(err))
    }
  }
  function settle(waiter: Waiter<Snapshot>, how: () => void): void {
    waiters.delete(waiter)
    how()
  }

  return {
    justSeen: () => seen,
    next: (known, waitMs, check) =>
      new Promise((resolve, reject) => {
        waiters.add({ known, untilMs: performance.now() + waitMs, check, resolve, reject })
        if (timer === undefined) lookLater()
      }),
  }
}
