import type { DeviceState } from '../calls/pbx-events.ts'
import type { Directory } from '../directory/directory.ts'
import { isPhoneDnd } from './phone-dnd.ts'

/** The state of each user's phones at the PBX, by extension: the desk phone and the browser count as one. */
export interface PhoneStates {
  /** The more significant of the two states. Undefined until the PBX has reported one. */
  stateOf(extension: string): DeviceState | undefined
  /** Whether one of them is registered. */
  isReachable(extension: string): boolean
  /** Which of them are registered. */
  registered(extension: string): { phone: boolean; web: boolean }
  /** Whether it is set to do-not-disturb at the PBX. */
  isDnd(extension: string): boolean
}

export interface PhoneStatesNeeds {
  /** How the PBX begins the device name of a phone: `PJSIP`. */
  technology: string
  directory: Pick<Directory, 'endpointsOf'>
  /** @param device as the PBX names it: `PJSIP/1001` */
  deviceStateOf(device: string): DeviceState | undefined
}

export function createPhoneStates({ technology, directory, deviceStateOf }: PhoneStatesNeeds): PhoneStates {
  const statesOf = (extension: string) =>
    directory.endpointsOf(extension).map((endpoint) => deviceStateOf(`${technology}/${endpoint}`))
  return {
    stateOf: (extension) => joinStates(statesOf(extension)),
    isReachable: (extension) => statesOf(extension).some(isRegistered),
    registered(extension) {
      const [phone, web] = statesOf(extension).map(isRegistered)
      return { phone: phone === true, web: web === true }
    },
    isDnd: (extension) => isPhoneDnd(extension, deviceStateOf),
  }
}

/** The most significant first: a user who talks at one phone is busy, whatever the other one does. */
const PRECEDENCE = [
  'ring_in_use',
  'in_use',
  'busy',
  'on_hold',
  'ringing',
  'idle',
  'unavailable',
  'unknown',
] as const satisfies readonly DeviceState[]

function joinStates(states: readonly (DeviceState | undefined)[]): DeviceState | undefined {
  const found = PRECEDENCE.find((state) => states.includes(state))
  return found === 'in_use' && states.includes('ringing') ? 'ring_in_use' : found
}

const isRegistered = (state: DeviceState | undefined) =>
  state !== undefined && state !== 'unknown' && state !== 'unavailable'
