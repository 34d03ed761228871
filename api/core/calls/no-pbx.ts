import { Refusal } from '../refusal.ts'
import type { Pbx } from './pbx.ts'

const notSupported = () =>
  Promise.reject(new Refusal('not_supported', { detail: 'no PBX is set up here: see HOOKSWITCH_AMI_HOST' }))

/** The PBX of an installation without one: every command is refused. */
export const noPbx: Pbx = {
  state: () => ({ online: false, offlineSince: undefined, pbxEpoch: undefined }),
  can: () => false,
  dial: notSupported,
  hangup: notSupported,
  transferBlind: notSupported,
  transferAttended: notSupported,
  cancelTransfer: notSupported,
  sendDigits: notSupported,
  pressDigits: notSupported,
  park: notSupported,
  mute: notSupported,
  pauseRecording: notSupported,
  requestAnswer: notSupported,
  sipCallIdOf: async () => undefined,
  supervise: notSupported,
  switchSupervision: notSupported,
  connect: notSupported,
  extensionExists: async () => undefined,
}
