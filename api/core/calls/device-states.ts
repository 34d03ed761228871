import { evictOldest } from '../../../runtime/evict-oldest.ts'
import { createListeners } from '../../../runtime/listeners.ts'
import type { DeviceState, DeviceUpdate, PbxTime } from './pbx-events.ts'

export interface DeviceStates {
  handle(event: DeviceUpdate): void
  /** @param device as the PBX names it: `PJSIP/1001` */
  stateOf(device: string): DeviceState | undefined
  /**
   * The PBX's clock was set back: shifts the times of all states.
   * @param by microseconds
   */
  shiftBack(by: PbxTime): void
  all(): ReadonlyMap<string, DeviceState>
  /** Called at once, and only when the state has changed. */
  onChange(
    listener: (device: string, state: DeviceState, before: DeviceState | undefined) => void,
  ): () => void
}

/** More than any PBX has. It bounds device names that the PBX invents for each call. */
const MAX_DEVICES = 20_000

/**
 * Holds the newest state of each device. Of two at the same moment the same one wins, whichever came first.
 * @param onError gets what a listener has thrown
 */
export function createDeviceStates(onError: (err: unknown) => void): DeviceStates {
  const states = new Map<string, DeviceState>()
  const since = new Map<string, PbxTime>()
  const listeners = createListeners<Parameters<Parameters<DeviceStates['onChange']>[0]>>(onError)

  return {
    handle({ device, at, state }) {
      const before = states.get(device)
      const heldAt = since.get(device)
      if (before !== undefined && heldAt !== undefined) {
        if (at < heldAt || (at === heldAt && state <= before)) return
      }
      since.set(device, at)
      states.set(device, state)
      evictOldest(states, MAX_DEVICES)
      evictOldest(since, MAX_DEVICES)
      if (state !== before) listeners.notify(device, state, before)
    },
    stateOf: (device) => states.get(device),
    shiftBack(by) {
      for (const [device, at] of since) since.set(device, at - by)
    },
    all: () => states,
    onChange: listeners.add,
  }
}
