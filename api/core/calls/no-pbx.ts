import { Refusal } from '../refusal.ts'
import type { Pbx } from './pbx.ts'

const refuse = () =>
  Promise.reject(new Refusal('not_supported', { detail: 'no PBX is set up here: see HOOKSWITCH_AMI_HOST' }))

/** Where there is no PBX, every command says so. */
export const noPbx: Pbx = {
  state: () => ({ online: false, offlineSince: undefined, epoch: undefined }),
  can: () => false,
  dial: refuse,
  hangup: refuse,
  transferBlind: refuse,
  transferAttended: refuse,
  cancelTransfer: refuse,
  sendDigits: refuse,
  pressDigits: refuse,
  park: refuse,
  mute: refuse,
  pauseRecording: refuse,
  askToAnswer: refuse,
  knows: async () => undefined,
}
