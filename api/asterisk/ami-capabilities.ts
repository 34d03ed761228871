import { PBX_CAPABILITIES, type PbxCapability } from '../core/calls/pbx.ts'
import type { AmiMessage } from './ami-codec.ts'

/** What this AMI user may do on this Asterisk. */
export interface AmiCapabilities {
  pbxCapabilities: ReadonlySet<PbxCapability>
  /** MuteAudio needs the privilege `system`, which is a shell on the PBX; Setvar does the same with `call`. */
  muteAction: 'MuteAudio' | 'Setvar'
  canShowDialplan: boolean
  /** Needed for the names of recordings, which are variables. */
  canReadVariables: boolean
  canListPresence: boolean
}

/** The actions that each capability needs, in lower case; one of them suffices. */
const REQUIRED_ACTIONS: Readonly<Record<PbxCapability, readonly string[]>> = {
  dial: ['originate'],
  hangup: ['hangup'],
  transfer: ['blindtransfer'],
  attended_transfer: ['atxfer'],
  dtmf: ['playdtmf'],
  park: ['park'],
  mute: ['muteaudio', 'setvar'],
  pause_recording: ['mixmonitormute'],
  request_answer: ['pjsipnotify'],
  supervise: ['originate'],
  switch_supervision: ['redirect'],
  take_over: ['bridge'],
}

/** @param answer to ListCommands: one line for each action that this user may send */
export function toAmiCapabilities(answer: AmiMessage): AmiCapabilities {
  const may = (action: string) => answer.fields[action] !== undefined
  return {
    pbxCapabilities: new Set(PBX_CAPABILITIES.filter((capability) => REQUIRED_ACTIONS[capability].some(may))),
    muteAction: may('muteaudio') ? 'MuteAudio' : 'Setvar',
    canShowDialplan: may('showdialplan'),
    canReadVariables: may('getvar'),
    canListPresence: may('presencestatelist'),
  }
}

export const NO_AMI_CAPABILITIES: AmiCapabilities = {
  pbxCapabilities: new Set(),
  muteAction: 'Setvar',
  canShowDialplan: false,
  canReadVariables: false,
  canListPresence: false,
}
