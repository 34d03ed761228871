import type { Lease } from '../lease.ts'
import type { SnapshotChannel, Snapshots } from '../messaging/snapshots.ts'

export interface PresencePublisherNeeds {
  snapshots: Pick<Snapshots, 'publish'>
  lease: Pick<Lease, 'fence' | 'onChange'>
  /** The channels that are published, and what each has to say now. */
  bodies: Readonly<Partial<Record<SnapshotChannel, () => Record<string, unknown>>>>
  onError(err: unknown): void
}

/** Phones that ring together change a dozen states at once: one message is enough, in ms. */
const DEBOUNCE_MS = 200
const RETRY_MS = 1_000

/**
 * Publishes the shared channels: soon after something changed, never twice the same, and by one API alone.
 * A new holder of the lease publishes at once.
 */
export function createPresencePublisher({ snapshots, lease, bodies, onError }: PresencePublisherNeeds) {
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
    for (const [channel, body] of Object.entries(bodies) as [SnapshotChannel, () => object][]) {
      // Object.entries forgets what the keys of `bodies` are
      try {
        const currentBody = body() as Record<string, unknown>
        const text = JSON.stringify(currentBody)
        if (lastPublished.get(channel) === text) continue
        await snapshots.publish(channel, currentBody, fence)
        lastPublished.set(channel, text)
      } catch (err) {
        onError(err)
        schedulePublish(RETRY_MS)
      }
    }
    isPublishing = false
  }

  return {
    /** Something may look different now. */
    changed: () => schedulePublish(),
    close() {
      clearTimeout(timer)
    },
  }
}
