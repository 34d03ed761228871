import type { Lease } from '../lease.ts'
import type { PbxState } from './pbx.ts'

/** Whether the PBX counts as offline, and what follows from it. */
export interface PbxLink {
  /** Whether the PBX has been offline for longer than a restart takes. What was known of its calls no longer counts then. */
  isOffline(): boolean
  /** Call it every second or so: no event marks the end of the grace period. */
  check(): void
}

export interface PbxLinkNeeds {
  state(): Pick<PbxState, 'online' | 'offlineSince'>
  lease: Pick<Lease, 'fence' | 'stepDown'>
  /** Called by `check` when `isOffline` has changed. */
  onChange(): void
  /** Unix ms. */
  now(): number
}

/** A PBX that restarts is back within this time. */
const OFFLINE_GRACE_MS = 3_000
/** Longer than the interval at which other APIs request the lease. */
const STEP_DOWN_MS = 2_000
const STEP_DOWN_INTERVAL_MS = 30_000

export function createPbxLink({ state, lease, onChange, now }: PbxLinkNeeds): PbxLink {
  let wasOffline = true
  let steppedDownAt = 0

  function isOffline(): boolean {
    const { online, offlineSince } = state()
    return !online && (offlineSince === undefined || now() - offlineSince > OFFLINE_GRACE_MS)
  }

  return {
    isOffline,
    check() {
      const offline = isOffline()
      if (offline !== wasOffline) onChange()
      wasOffline = offline
      // Another API may reach the PBX. If none does, the lease comes back soon, and its holder publishes that all phones are unreachable.
      if (offline && now() - steppedDownAt > STEP_DOWN_INTERVAL_MS && lease.fence() !== undefined) {
        steppedDownAt = now()
        lease.stepDown(STEP_DOWN_MS)
      }
    },
  }
}
