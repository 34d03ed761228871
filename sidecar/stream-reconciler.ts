import type { StreamCutter, StreamInstance } from './stream-cutter.ts'
import type { OpenStream, StreamRegistry } from './stream-registry.ts'

export interface StreamReconcilerNeeds {
  instances: readonly StreamInstance[]
  registry: StreamRegistry
  cutter: Pick<StreamCutter, 'markRestarted'>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** Marks a stream as subscribed, although Nchan's request was lost. */
  subscribe(stream: OpenStream): void
}

/** If an admitted stream has not subscribed within this, its client has left; in ms. */
const SUBSCRIBE_TIMEOUT_MS = 10_000
/** How many streams one run compares with Nchan. */
const BATCH_SIZE = 20

/**
 * Compares the registry with what the instances of Nchan have, and removes streams that ended without notice: those of an
 * instance that restarted, and those that never subscribed.
 * @returns one run; call it often
 */
export function createStreamReconciler(needs: StreamReconcilerNeeds): () => Promise<void> {
  const { instances, registry, cutter, monotonic, subscribe } = needs
  /** The incarnation of each instance, and when it was last seen. */
  const incarnations = instances.map(() => ({
    id: undefined as string | undefined,
    seenAt: Number.NEGATIVE_INFINITY,
  }))
  let cursor = registry.all()

  /** Removes the streams of an earlier incarnation of an instance: they ended with it. */
  async function detectRestart(instance: StreamInstance, at: number): Promise<void> {
    const known = incarnations[at]
    const askedAt = monotonic()
    const id = await instance.incarnation()
    if (known === undefined || id === undefined) return
    if (known.id !== undefined && known.id !== id) {
      cutter.markRestarted(at + 1)
      for (const stream of [...registry.all()]) {
        // A stream that has not subscribed may still subscribe at this incarnation.
        if (stream.instance === at + 1 && (stream.subscribedAt ?? Number.POSITIVE_INFINITY) < known.seenAt)
          registry.remove(stream)
      }
    }
    known.id = id
    known.seenAt = askedAt
  }

  /** The next few streams, from where the last run stopped. */
  function nextBatch(): OpenStream[] {
    const now = monotonic()
    const due: OpenStream[] = []
    for (let tries = 0; tries < Math.min(BATCH_SIZE, registry.size()); tries += 1) {
      const next = cursor.next()
      if (next.done) {
        cursor = registry.all()
        break
      }
      if (now - next.value.admittedAt > SUBSCRIBE_TIMEOUT_MS) due.push(next.value)
    }
    return due
  }

  async function reconcileStream(stream: OpenStream): Promise<void> {
    const { subscribedAt } = stream
    const subscribers = await instances[stream.instance - 1]?.subscribers(`conn/${stream.conn}`)
    // It has ended, or has subscribed, since the request.
    if (registry.get(stream.conn) !== stream || stream.subscribedAt !== subscribedAt) return
    if (subscribers === 0) registry.remove(stream)
    else if (subscribers !== undefined && subscribedAt === undefined) subscribe(stream)
  }

  return async () => {
    await Promise.all(instances.map(detectRestart))
    await Promise.all(nextBatch().map(reconcileStream))
  }
}
