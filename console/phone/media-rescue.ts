import type { Call } from './call-store.ts'

/** How long media may take to come back before the call counts as lost. */
const RESCUE_MS = 10_000

/** What becomes of a call after its media has failed: one new negotiation, and then an end that a person can see. */
export interface MediaRescue {
  /** The connection of the media has failed, or works. */
  onMedia(call: Call, isConnected: boolean): void
  drop(call: Call): void
}

/** @param isOnline without a registration nothing can be negotiated; the next one negotiates by itself */
export function createMediaRescue(acts: {
  isOnline(): boolean
  restart(call: Call): void
  giveUp(call: Call): void
}): MediaRescue {
  const timers = new Map<Call, ReturnType<typeof setTimeout>>()
  const drop = (call: Call) => {
    clearTimeout(timers.get(call))
    timers.delete(call)
  }
  return {
    onMedia(call, isConnected) {
      if (isConnected) return drop(call)
      if (timers.has(call) || !acts.isOnline()) return
      timers.set(
        call,
        setTimeout(() => acts.giveUp(call), RESCUE_MS),
      )
      acts.restart(call)
    },
    drop,
  }
}
