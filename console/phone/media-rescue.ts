import type { Call } from './call-store.ts'

/** How long the media of an answered call may take to connect: ICE and DTLS take less than a second. */
const CONNECT_MS = 5_000
/** How long media may take to come back before the call counts as lost. */
const RESCUE_MS = 10_000

/**
 * What becomes of a call if its media fails or does not connect: one new negotiation, and then an end that a person
 * can see.
 */
export interface MediaRescue {
  /** The call was answered: its media should be connected soon, or is. */
  expect(call: Call): void
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
  const isConnectedOnce = new WeakSet<Call>()
  const restarted = new WeakSet<Call>()
  const drop = (call: Call) => {
    clearTimeout(timers.get(call))
    timers.delete(call)
    restarted.delete(call)
  }
  const setTimer = (call: Call, ms: number, act: () => void) => {
    clearTimeout(timers.get(call))
    timers.set(call, setTimeout(act, ms))
  }
  function rescue(call: Call) {
    if (restarted.has(call) || !acts.isOnline()) return
    restarted.add(call)
    setTimer(call, RESCUE_MS, () => acts.giveUp(call))
    acts.restart(call)
  }
  return {
    expect(call) {
      // A browser reports no failure where DTLS gets no answer.
      if (!isConnectedOnce.has(call)) setTimer(call, CONNECT_MS, () => rescue(call))
    },
    onMedia(call, isConnected) {
      if (!isConnected) return rescue(call)
      isConnectedOnce.add(call)
      drop(call)
    },
    drop,
  }
}
