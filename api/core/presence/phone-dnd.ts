import type { DeviceState } from '../calls/pbx-events.ts'

/** FreePBX keeps do-not-disturb of an extension, or of one device of it; other dialplans set the presence of it. */
const DND_DEVICES = ['Custom:DND', 'Custom:DEVDND', 'CustomPresence:'] as const

/** `INUSE` and `UNAVAILABLE` are how some dialplans set it; all others are "off", or not known. */
const DND_STATES: ReadonlySet<DeviceState | undefined> = new Set(['busy', 'in_use', 'unavailable'] as const)

/**
 * Whether the phone of an extension was set to do-not-disturb at the PBX, as by `*78`: it refuses every call.
 * @param stateOf the state of a device, as the PBX names it
 */
export const isPhoneDnd = (
  extension: string,
  stateOf: (device: string) => DeviceState | undefined,
): boolean => DND_DEVICES.some((device) => DND_STATES.has(stateOf(`${device}${extension}`)))
