import type { Logger } from '../runtime/log.ts'
import type { NchanUsage } from './nchan-instance.ts'

export interface NchanMemoryGuardNeeds {
  /** What each instance holds; undefined when it does not answer. */
  instances: readonly { usage(): Promise<NchanUsage | undefined> }[]
  /** Cuts all streams of an instance, from 1; their clients come back. */
  cut(instance: number): Promise<void>
  /** Asks for an instance to be started afresh. */
  requestRestart(instance: number, why: string): void
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

/** Nchan stores every message until the slowest stream has taken it: from here on streams are cut, to make room. */
const FULL_RATIO = 0.6
/** Memory that the cut does not empty within this time holds what no stream needs, in ms. */
const FULL_TIMEOUT_MS = 10_000
/**
 * From here on an instance is started afresh: each WebSocket that was cut leaves a channel in it for good (Nchan 1.3.6,
 * 1.3.7), of 1.6 kB.
 */
const MAX_IDLE_CHANNELS = 100_000
/** Channels of streams that their clients closed go within seconds, however many; in ms. */
const IDLE_CHANNELS_TIMEOUT_MS = 60_000

/** Looks at what each instance holds; call it every second or so. */
export function createNchanMemoryGuard(needs: NchanMemoryGuardNeeds): () => Promise<void> {
  const { instances, cut, requestRestart, monotonic, log } = needs
  const watched = instances.map((instance) => ({
    instance,
    staysFull: heldFor(FULL_TIMEOUT_MS, monotonic),
    hasTooManyChannels: heldFor(IDLE_CHANNELS_TIMEOUT_MS, monotonic),
    isFull: false,
  }))
  return async () => {
    for (const [at, entry] of watched.entries()) {
      const { memory = 0, idleChannels = 0 } = (await entry.instance.usage()) ?? {}
      if (entry.hasTooManyChannels(idleChannels >= MAX_IDLE_CHANNELS))
        requestRestart(at + 1, 'keeps too many channels')
      if (entry.staysFull(memory >= FULL_RATIO)) requestRestart(at + 1, 'stays nearly full')
      const wasFull = entry.isFull
      entry.isFull = memory >= FULL_RATIO
      if (!entry.isFull || wasFull) continue
      log.error(
        { event: 'nchan_full', instance: at + 1, memory },
        'Nchan is nearly full: cutting its streams. If this comes back, raise HOOKSWITCH_NCHAN_MEMORY',
      )
      await cut(at + 1)
    }
  }
}

/** Whether something has held, at each look, for a time in ms; true once, then it counts anew. */
function heldFor(ms: number, monotonic: () => number): (holds: boolean) => boolean {
  let since: number | undefined
  return (holds) => {
    if (!holds) since = undefined
    else since ??= monotonic()
    if (since === undefined || monotonic() - since < ms) return false
    since = undefined
    return true
  }
}
