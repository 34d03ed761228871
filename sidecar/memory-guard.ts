import type { Logger } from '../contract/log.ts'

export interface MemoryGuardNeeds {
  /** How full the shared memory of each instance is, from 0 to 1; undefined when it does not answer. */
  instances: readonly { memoryUse(): Promise<number | undefined> }[]
  /** Cuts all streams of an instance, from 1; their clients come back. */
  cut(instance: number): Promise<void>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

/** Nchan stores every message until the slowest stream has taken it: from here on streams are cut, to make room. */
const FULL = 0.6
/** How long one cut has to suffice, in ms: last messages and channels take memory that no cut gives back. */
const CUT_EVERY_MS = 30_000

/** Looks at the memory of each instance; call it every second or so. */
export function createMemoryGuard({ instances, cut, monotonic, log }: MemoryGuardNeeds): () => Promise<void> {
  const cutAt = instances.map(() => Number.NEGATIVE_INFINITY)
  return async () => {
    for (const [at, instance] of instances.entries()) {
      const use = (await instance.memoryUse()) ?? 0
      const now = monotonic()
      if (use < FULL || now - (cutAt[at] ?? 0) < CUT_EVERY_MS) continue
      cutAt[at] = now
      log.error(
        { event: 'nchan_full', instance: at + 1, use },
        'Nchan is nearly full: cutting its streams. If this comes back, raise HOOKSWITCH_NCHAN_MEMORY',
      )
      await cut(at + 1)
    }
  }
}
