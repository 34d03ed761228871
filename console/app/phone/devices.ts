import type { PhoneDevices } from '../../phone/phone-types.ts'

const STORAGE_KEY = 'hookswitch.devices'

/** The microphone, speaker and ringer chosen in this browser; what is not set is the browser’s default. */
export function readDevices(): PhoneDevices {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as PhoneDevices
  } catch {
    return {}
  }
}

export const storeDevices = (devices: PhoneDevices): void =>
  localStorage.setItem(STORAGE_KEY, JSON.stringify(devices))
