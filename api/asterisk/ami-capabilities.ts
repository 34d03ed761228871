import { PBX_DEEDS, type PbxDeed } from '../core/calls/pbx.ts'
import type { AmiMessage } from './ami-codec.ts'

/** What this AMI user may do on this Asterisk. */
export interface Abilities {
  deeds: ReadonlySet<PbxDeed>
  /** MuteAudio needs the privilege `system`, which is a shell on the PBX; Setvar does the same with `call`. */
  mutesBy: 'MuteAudio' | 'Setvar'
  showsDialplan: boolean
  /** Names of recordings are variables. */
  readsVariables: boolean
  listsPresence: boolean
}

/** Actions in lower case; one of them suffices. */
const NEEDED: Readonly<Record<PbxDeed, readonly string[]>> = {
  dial: ['originate'],
  hangup: ['hangup'],
  transfer: ['blindtransfer'],
  attended_transfer: ['atxfer'],
  dtmf: ['playdtmf'],
  park: ['park'],
  mute: ['muteaudio', 'setvar'],
  pause_recording: ['mixmonitormute'],
  ask_to_answer: ['pjsipnotify'],
}

/** @param answer to ListCommands: one line for each action that this user may run */
export function abilitiesOf(answer: AmiMessage): Abilities {
  const may = (action: string) => answer.fields[action] !== undefined
  return {
    deeds: new Set(PBX_DEEDS.filter((deed) => NEEDED[deed].some(may))),
    mutesBy: may('muteaudio') ? 'MuteAudio' : 'Setvar',
    showsDialplan: may('showdialplan'),
    readsVariables: may('getvar'),
    listsPresence: may('presencestatelist'),
  }
}

export const NO_ABILITIES: Abilities = {
  deeds: new Set(),
  mutesBy: 'Setvar',
  showsDialplan: false,
  readsVariables: false,
  listsPresence: false,
}
