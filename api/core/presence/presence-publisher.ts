import type { Lease } from '../lease.ts'
import type { SnapshotChannel, Snapshots } from '../messaging/snapshots.ts'

export interface PublishingNeeds {
  snapshots: Pick<Snapshots, 'publish'>
  lease: Pick<Lease, 'fence' | 'onChange'>
  /** The channels that are published, and what each has to say now. */
  bodies: Readonly<Partial<Record<SnapshotChannel, () => Record<string, unknown>>>>
  onTrouble(err: unknown): void
}

/** Phones that ring together change a dozen states at once: one message is enough, in ms. */
const DEBOUNCE_MS = 200
const RETRY_MS = 1_000

/**
 * Publishes the shared channels: soon after something changed, never twice the same, and by one API alone.
 * A new holder of the lease publishes at once.
 */
export function createPublishing({ snapshots, lease, bodies, onTrouble }: PublishingNeeds) {
  const last = new Map<string, string>()
  let timer: NodeJS.Timeout | undefined
  let busy = false

  lease.onChange(() => {
    last.clear()
    changed()
  })

  function changed(afterMs = DEBOUNCE_MS) {
    timer ??= setTimeout(publish, afterMs)
  }

  async function publish() {
    timer = undefined
    if (busy) return changed()
    const fence = lease.fence()
    if (fence === undefined) return
    busy = true
    for (const [channel, body] of Object.entries(bodies) as [SnapshotChannel, () => object][]) {
      // Object.entries forgets what the keys of `bodies` are
      try {
        const news = body() as Record<string, unknown>
        const text = JSON.stringify(news)
        if (last.get(channel) === text) continue
        await snapshots.publish(channel, news, fence)
        last.set(channel, text)
      } catch (err) {
        onTrouble(err)
        changed(RETRY_MS)
      }
    }
    busy = false
  }

  return {
    /** Something may look different now. */
    changed: () => changed(),
    close() {
      clearTimeout(timer)
    },
  }
}
