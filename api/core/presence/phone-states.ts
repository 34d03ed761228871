import type { DeviceState } from '../calls/pbx-events.ts'
import type { Directory } from '../directory/directory.ts'
import { isPhoneDnd } from './phone-dnd.ts'

/** The state of each user's phone at the PBX, by extension. */
export interface PhoneStates {
  /** Undefined until the PBX has reported it. */
  stateOf(extension: string): DeviceState | undefined
  /** Whether the phone is registered. */
  isReachable(extension: string): boolean
  /** Whether it is set to do-not-disturb at the PBX. */
  isDnd(extension: string): boolean
}

export interface PhoneStatesNeeds {
  /** How the PBX begins the device name of a phone: `PJSIP`. */
  technology: string
  directory: Pick<Directory, 'endpointOf'>
  /** @param device as the PBX names it: `PJSIP/1001` */
  deviceStateOf(device: string): DeviceState | undefined
}

export function createPhoneStates({ technology, directory, deviceStateOf }: PhoneStatesNeeds): PhoneStates {
  const stateOf = (extension: string) => deviceStateOf(`${technology}/${directory.endpointOf(extension)}`)
  return {
    stateOf,
    isReachable: (extension) => !['unknown', 'unavailable', undefined].includes(stateOf(extension)),
    isDnd: (extension) => isPhoneDnd(extension, deviceStateOf),
  }
}
