import type { Call } from '../calls/call.ts'
import type { CallRecord } from '../calls/call-history.ts'
import type { CallTracker } from '../calls/call-tracker.ts'
import { toLiveCallEvents } from './call-events.ts'
import type { WebhookEvent } from './event.ts'

export interface LiveCallNotifierNeeds {
  tracker: Pick<CallTracker, 'onChange'>
  /** The call as the history would have it, if it ended now. */
  toRecord(call: Call): CallRecord
  /** Queues events, all or none. @throws what the store throws */
  queue(events: readonly WebhookEvent[]): Promise<void>
  /** Called for a call that cannot be converted: a bug. */
  onError(err: unknown): void
}

export interface LiveCallNotifier {
  /** Queues what waits. Call it every second: usually nothing waits. @throws what `queue` throws */
  flush(): Promise<void>
}

/** Events that wait while SQL is away; more are dropped, the oldest first. */
const MAX_WAITING = 10_000
const BATCH = 50

/**
 * Queues `call.started` and `call.answered`. Each process does, as each sees all calls; the keys of the events let one
 * of them win. What a process could not queue before it died, another one did.
 */
export function startLiveCallNotifier(needs: LiveCallNotifierNeeds): LiveCallNotifier {
  const waiting: WebhookEvent[] = []
  let flushing: Promise<void> | undefined

  async function queueAll() {
    while (waiting.length > 0) {
      // Taken out at once: meanwhile more events arrive, and the oldest may be dropped.
      const batch = waiting.splice(0, BATCH)
      try {
        await needs.queue(batch)
      } catch (err) {
        waiting.unshift(...batch)
        dropOldest()
        throw err
      }
    }
  }
  function dropOldest() {
    if (waiting.length > MAX_WAITING) waiting.splice(0, waiting.length - MAX_WAITING)
  }
  const flush = () => {
    flushing ??= queueAll().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  needs.tracker.onChange((call, before) => {
    // A call that was never live led into another one.
    if (call.mergedIntoAnother) return
    try {
      waiting.push(...toLiveCallEvents(call, before, needs.toRecord))
    } catch (err) {
      return needs.onError(err)
    }
    dropOldest()
    // A failure is not reported for each call: `flush` follows within a second and fails as well.
    if (waiting.length > 0) flush().catch(() => {})
  })
  return { flush }
}
