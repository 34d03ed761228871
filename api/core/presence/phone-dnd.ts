import type { DeviceState } from '../calls/pbx-events.ts'

/**
 * FreePBX stores do-not-disturb for an extension or one device of it; other dialplans set the presence of the
 * extension.
 */
const DND_DEVICES = ['Custom:DND', 'Custom:DEVDND', 'CustomPresence:'] as const

/** Some dialplans set `INUSE` or `UNAVAILABLE`; all other states mean off or unknown. */
const DND_STATES: ReadonlySet<DeviceState | undefined> = new Set(['busy', 'in_use', 'unavailable'] as const)

/**
 * Whether the phone of an extension is set to do-not-disturb at the PBX, as by `*78`: it refuses every call.
 * @param stateOf the state of a device, as the PBX names it
 */
export const isPhoneDnd = (
  extension: string,
  stateOf: (device: string) => DeviceState | undefined,
): boolean => DND_DEVICES.some((device) => DND_STATES.has(stateOf(`${device}${extension}`)))
