import { setTimeout as sleepFor } from 'node:timers/promises'

/** What paced work measures and rests with, in ms. */
export interface WorkClock {
  /** A clock that never jumps. */
  monotonic(): number
  sleep(ms: number): Promise<unknown>
}

const REAL_CLOCK: WorkClock = { monotonic: () => performance.now(), sleep: (ms) => sleepFor(ms) }
/** Work of at least so long is followed by a rest. */
const WORK_MS = 10
/** The longest rest, for example after the machine was suspended. */
const MAX_REST_MS = 1_000

/**
 * For background work that takes minutes: await the returned function at each step. It rests for as long as the work
 * since the last rest took, so that the work has at most half of the time. A single yield to the event loop is not
 * enough: a request that waits for Redis or the database several times would wait for a step of the work each time.
 */
export function createPacedWork({ monotonic, sleep }: WorkClock = REAL_CLOCK): () => void | Promise<void> {
  let since = monotonic()
  return () => {
    const worked = monotonic() - since
    if (worked < WORK_MS) return
    return sleep(Math.min(worked, MAX_REST_MS)).then(() => {
      since = monotonic()
    })
  }
}
