import type { Logger } from '../runtime/log.ts'
import type { InstanceUse } from './nchan-instance.ts'

export interface MemoryGuardNeeds {
  /** What each instance holds; undefined when it does not answer. */
  instances: readonly { use(): Promise<InstanceUse | undefined> }[]
  /** Cuts all streams of an instance, from 1; their clients come back. */
  cut(instance: number): Promise<void>
  /** Asks for an instance to be started afresh. */
  giveUp(instance: number, why: string): void
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

/** Nchan stores every message until the slowest stream has taken it: from here on streams are cut, to make room. */
const FULL = 0.6
/** Memory that the cut does not empty within this time holds what no stream needs, in ms. */
const FULL_FOR_MS = 10_000
/**
 * From here on an instance is started afresh: each WebSocket that was cut leaves a channel in it for good (Nchan 1.3.6,
 * 1.3.7), of 1.6 kB.
 */
const WORN_CHANNELS = 100_000
/** Channels of streams that their clients closed go within seconds, however many; in ms. */
const WORN_FOR_MS = 60_000

/** Looks at what each instance holds; call it every second or so. */
export function createMemoryGuard(needs: MemoryGuardNeeds): () => Promise<void> {
  const { instances, cut, giveUp, monotonic, log } = needs
  const watched = instances.map((instance) => ({
    instance,
    staysFull: lasting(FULL_FOR_MS, monotonic),
    isWorn: lasting(WORN_FOR_MS, monotonic),
    isFull: false,
  }))
  return async () => {
    for (const [at, one] of watched.entries()) {
      const { memory = 0, idleChannels = 0 } = (await one.instance.use()) ?? {}
      if (one.isWorn(idleChannels >= WORN_CHANNELS)) giveUp(at + 1, 'keeps too many channels')
      if (one.staysFull(memory >= FULL)) giveUp(at + 1, 'stays nearly full')
      const wasFull = one.isFull
      one.isFull = memory >= FULL
      if (!one.isFull || wasFull) continue
      log.error(
        { event: 'nchan_full', instance: at + 1, memory },
        'Nchan is nearly full: cutting its streams. If this comes back, raise HOOKSWITCH_NCHAN_MEMORY',
      )
      await cut(at + 1)
    }
  }
}

/** Whether something has held, at each look, for a time in ms; true once, then it counts anew. */
function lasting(ms: number, monotonic: () => number): (holds: boolean) => boolean {
  let since: number | undefined
  return (holds) => {
    if (!holds) since = undefined
    else since ??= monotonic()
    if (since === undefined || monotonic() - since < ms) return false
    since = undefined
    return true
  }
}
