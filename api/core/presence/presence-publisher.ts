import { createFailureReporter, type FailureHandler } from '../../../runtime/failure-reporter.ts'
import type { Lease } from '../lease.ts'
import type { SnapshotChannel, Snapshots } from '../messaging/snapshots.ts'

export interface PresencePublisherNeeds {
  snapshots: Pick<Snapshots, 'publish'>
  lease: Pick<Lease, 'fence' | 'onChange'>
  /** The published channels, each with the function that builds its current body. */
  bodies: Readonly<Partial<Record<SnapshotChannel, () => Record<string, unknown>>>>
  onFailure: FailureHandler
}

/** Phones that ring together cause a dozen changes at once: one message suffices, in ms. */
const DEBOUNCE_MS = 200
const RETRY_MS = 1_000

/**
 * Publishes the shared channels soon after a change, never the same body twice, and only while this API holds
 * the lease. A new holder publishes at once.
 */
export function createPresencePublisher({ snapshots, lease, bodies, onFailure }: PresencePublisherNeeds) {
  const reporter = createFailureReporter(onFailure)
  const lastPublished = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined
  let isPublishing = false

  lease.onChange(() => {
    lastPublished.clear()
    schedulePublish()
  })

  function schedulePublish(afterMs = DEBOUNCE_MS) {
    timer ??= setTimeout(publish, afterMs)
  }

  async function publish() {
    timer = undefined
    if (isPublishing) return schedulePublish()
    const fence = lease.fence()
    if (fence === undefined) return
    isPublishing = true
    const failures: unknown[] = []
    for (const [channel, body] of Object.entries(bodies) as [SnapshotChannel, () => object][]) {
      // Object.entries loses the key type of `bodies`.
      try {
        const currentBody = body() as Record<string, unknown>
        const text = JSON.stringify(currentBody)
        if (lastPublished.get(channel) === text) continue
        await snapshots.publish(channel, currentBody, fence)
        lastPublished.set(channel, text)
      } catch (err) {
        failures.push(err)
      }
    }
    isPublishing = false
    if (failures.length === 0) return reporter.succeeded()
    reporter.failed(failures[0])
    schedulePublish(RETRY_MS)
  }

  return {
    /** Call it when something that a body shows may have changed. */
    changed: () => schedulePublish(),
    close() {
      clearTimeout(timer)
    },
  }
}
