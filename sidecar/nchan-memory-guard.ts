import type { Logger } from '../runtime/log.ts'
import type { NchanUsage } from './nchan-instance.ts'

export interface NchanMemoryGuardNeeds {
  /** `usage` is undefined when the instance does not answer. */
  instances: readonly { usage(): Promise<NchanUsage | undefined> }[]
  /** Cuts all streams of an instance, from 1; their clients connect again. */
  cut(instance: number): Promise<void>
  /** Asks the supervisor of an instance to restart it. */
  requestRestart(instance: number, why: string): void
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  log: Logger
}

/** Nchan stores every message until its slowest stream has read it. From this ratio on, streams are cut to free memory. */
const FULL_RATIO = 0.6
/** If the cut frees no memory within this, it holds data that no stream needs, and the instance is restarted; in ms. */
const FULL_TIMEOUT_MS = 10_000
/** From here on an instance is restarted: each WebSocket that was cut leaks a channel of 1.6 kB (Nchan 1.3.6, 1.3.7). */
const MAX_IDLE_CHANNELS = 100_000
/** Nchan deletes the channels of streams that their clients closed within seconds: only leaked ones stay; in ms. */
const IDLE_CHANNELS_TIMEOUT_MS = 60_000

/** @returns one check of the memory of all instances; call it about every second */
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

/** Whether a condition was true at every check for `ms`; returns true once, then the time starts again. */
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
